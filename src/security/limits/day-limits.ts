import type { KeyScope } from '../../core/api-key';
import type { DayMeter } from '../../core/authenticator';
import type { Clock } from '../../core/clock';
import type { Identity, Refusal } from '../../core/request';
import { tokenHeaders, withDayLimit, type DayLimit } from './rate-headers';

const dayMs = 86_400_000;

export interface DayLimitsDeps {
  readonly tokens: DayMeter | undefined;
  /** Requests that got a slot. */
  readonly requests: DayMeter | undefined;
  readonly clock: Pick<Clock, 'now'>;
  /** Runs what must never fail a request; undefined when it did. */
  readonly safely: <T>(what: string, run: () => T) => T | undefined;
}

/** Requests and tokens that a key may use on one UTC day. The limits are the key's own: they hold in observe mode, too. */
export class DayLimits {
  readonly #deps: DayLimitsDeps;
  isOff = false;

  constructor(deps: DayLimitsDeps) {
    this.#deps = deps;
  }

  /** Headers of an admitted request, with how its key stands; the same object for a key without such limits. */
  headers(
    given: Readonly<Record<string, string>> | undefined,
    identity: Identity,
    scope: KeyScope | undefined,
  ): Readonly<Record<string, string>> | undefined {
    const requests = this.#requests(identity, scope);
    const tokens = this.#tokens(identity, scope);
    const headers = requests === undefined ? given : withDayLimit(given ?? {}, requests);
    return tokens === undefined ? headers : { ...headers, ...tokenHeaders(tokens.limit, tokens.used, tokens.resetSec) };
  }

  /** Why the key has nothing left today. */
  exhausted(identity: Identity, scope: KeyScope | undefined): Refusal | undefined {
    const requests = this.#requests(identity, scope);
    if (requests !== undefined && requests.used >= requests.limit) {
      return {
        rule: 'rate-limit.requests-day',
        code: 'rate_limited',
        message:
          `This API key has used its ${requests.limit} requests of today. They are counted anew from 00:00 UTC; ` +
          'whoever runs this gateway can raise the limit.',
        retryAfterSec: requests.resetSec,
      };
    }
    const tokens = this.#tokens(identity, scope);
    if (tokens === undefined || tokens.used < tokens.limit) return undefined;
    return {
      rule: 'rate-limit.tokens',
      code: 'tokens_exhausted',
      message: `This API key has used its ${tokens.limit} tokens of today. They are counted anew from 00:00 UTC.`,
      retryAfterSec: tokens.resetSec,
    };
  }

  /** A request of that key got its slot, or gave it back unused. */
  countRequest(keyId: string | undefined, count: 1 | -1): void {
    if (keyId !== undefined) this.#deps.safely('requests', () => this.#deps.requests?.add(keyId, count));
  }

  countTokens(keyId: string, tokens: number): void {
    this.#deps.safely('tokens', () => this.#deps.tokens?.add(keyId, tokens));
  }

  #requests(identity: Identity, scope: KeyScope | undefined): DayLimit | undefined {
    return this.#standing(identity, scope?.requestsPerDay, this.#deps.requests);
  }

  #tokens(identity: Identity, scope: KeyScope | undefined): DayLimit | undefined {
    return this.#standing(identity, scope?.tokensPerDay, this.#deps.tokens);
  }

  #standing(identity: Identity, limit: number | undefined, meter: DayMeter | undefined): DayLimit | undefined {
    if (limit === undefined || identity.type !== 'key' || this.isOff) return undefined;
    const used = this.#deps.safely('day limits', () => meter?.usedToday(identity.keyId)) ?? 0;
    const resetSec = Math.ceil((dayMs - (this.#deps.clock.now() % dayMs)) / 1000);
    return { limit, used, resetSec };
  }
}
