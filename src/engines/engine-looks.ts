import { setMaxListeners } from 'node:events';
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
export interface LookOptions extends Pick<SessionOptions, 'limits' | 'wantsLoad'> {
  /** Everything is asked, not just whether it still lives. */
  readonly isFull: boolean;
}

/** Looks at addresses, each with its own key and no other's, and keeps what adapters want to remember of each. */
export class EngineLooks {
  readonly #deps: EngineLooksDeps;
  readonly #memos = new Map<string, Map<string, unknown>>();
  #abort = newAbort();

  constructor(deps: EngineLooksDeps) {
    this.#deps = deps;
  }

  /** After `stop`: looks may be taken again. */
  start(): void {
    this.#abort = newAbort();
  }

  /** Ends looks under way. */
  stop(): void {
    this.#abort.abort();
  }

  /** What is found there, or undefined when it was stopped; never rejects because of what an engine does. */
  async at(record: EngineRecord, options: LookOptions): Promise<Visit | undefined> {
    const { signal } = this.#abort;
    const isStopped = () => signal.aborted;
    if (isStopped()) return undefined;
    const { baseUrl } = record.candidate;
    const memo = this.#memos.get(baseUrl) ?? new Map<string, unknown>();
    this.#memos.set(baseUrl, memo);
    const visit = await this.#visit(record, options, memo);
    return isStopped() ? undefined : visit;
  }

  /** What is found there, with nothing remembered before or after. */
  once(record: EngineRecord, options: LookOptions): Promise<Visit> {
    return this.#visit(record, options, new Map());
  }

  /** Nothing is remembered of this address any more; without one, of none. */
  forget(baseUrl?: string): void {
    if (baseUrl === undefined) this.#memos.clear();
    else this.#memos.delete(baseUrl);
  }

  #visit(record: EngineRecord, { isFull, ...options }: LookOptions, memo: Map<string, unknown>): Promise<Visit> {
    const { baseUrl, keyUrl } = record.candidate;
    const { prober, clock, keys, host } = this.#deps;
    const key = keys.get(baseUrl) ?? (keyUrl === undefined ? undefined : keys.get(keyUrl));
    const { signal } = this.#abort;
    const session = new EngineSession({ ...options, prober, clock, baseUrl, key, memo, signal });
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

/** Every probe under way listens to it: dozens in a round, which Node would otherwise report as a leak. */
function newAbort(): AbortController {
  const abort = new AbortController();
  setMaxListeners(0, abort.signal);
  return abort;
}
