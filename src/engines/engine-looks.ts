import type { Clock } from '../core/clock';
import { isUsable, type Engine } from '../core/engine';
import type { EngineKeys } from '../core/upstream';
import { isLoopbackUrl, portOf } from './base-url';
import type { EngineRecord, Visit } from './engine-record';
import { EngineSession, type SessionOptions } from './engine-session';
import type { HostEnvironment } from './host-environment';
import { parentEngineOf } from './listener-owner';
import type { Prober } from './probe';
import { visitAddress } from './visit';

export interface EngineLooksDeps {
  readonly prober: Prober;
  readonly clock: Clock;
  readonly keys: EngineKeys;
  readonly host: HostEnvironment;
}

/** How one look is taken. */
export interface LookOptions extends Pick<SessionOptions, 'limits' | 'memo' | 'signal' | 'wantsLoad'> {
  /** Everything is asked, not just whether it still lives. */
  readonly isFull: boolean;
}

/** Looks at addresses, each with its own key and no other's. */
export class EngineLooks {
  readonly #deps: EngineLooksDeps;

  constructor(deps: EngineLooksDeps) {
    this.#deps = deps;
  }

  /** What is found there; never rejects because of what an engine does. */
  at(record: EngineRecord, { isFull, ...options }: LookOptions): Promise<Visit> {
    const { baseUrl, keyUrl } = record.candidate;
    const { prober, clock, keys, host } = this.#deps;
    const key = keys.get(baseUrl) ?? (keyUrl === undefined ? undefined : keys.get(keyUrl));
    const session = new EngineSession({ ...options, prober, clock, baseUrl, key });
    return visitAddress(session, record, isFull, async () =>
      isLoopbackUrl(baseUrl) ? parentEngineOf(host, portOf(baseUrl)) : undefined,
    );
  }
}

/** Some other engine has one of its models: requests are shared out between them. */
export function hasSharedModel({ candidate, models }: EngineRecord, engines: readonly Engine[]): boolean {
  const ids = new Set(models.map(({ id }) => id));
  const others = engines.filter(({ baseUrl, state }) => baseUrl !== candidate.baseUrl && isUsable(state));
  return ids.size > 0 && others.some((other) => other.models.some(({ id }) => ids.has(id)));
}
