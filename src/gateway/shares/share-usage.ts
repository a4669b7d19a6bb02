import type { DayMeter } from '../../core/authenticator';
import type { AccessRecord } from '../../core/request';
import type { ShareView } from '../../core/share';
import type { KeyTotals } from './key-totals';

type Usage = Pick<ShareView, 'requests' | 'refused' | 'tokens' | 'requestsToday' | 'tokensToday' | 'lastUsedAt'>;

/** What shares have used, by their keys. Answers from memory. */
export class ShareUsage {
  readonly #totals: KeyTotals;
  readonly #requests: Pick<DayMeter, 'usedToday'>;
  readonly #tokens: Pick<DayMeter, 'usedToday'>;

  constructor(totals: KeyTotals, requests: Pick<DayMeter, 'usedToday'>, tokens: Pick<DayMeter, 'usedToday'>) {
    this.#totals = totals;
    this.#requests = requests;
    this.#tokens = tokens;
  }

  of(keyId: string): Usage {
    const total = this.#totals.of(keyId);
    return {
      requests: total?.requests ?? 0,
      refused: total?.refused ?? 0,
      tokens: total?.tokens ?? 0,
      requestsToday: this.#requests.usedToday(keyId),
      tokensToday: this.#tokens.usedToday(keyId),
      ...(total === undefined ? {} : { lastUsedAt: total.at }),
    };
  }

  /** Counts a request; answers the key it was made with. */
  count(record: AccessRecord): string | undefined {
    return this.#totals.count(record);
  }

  forget(keyId: string): void {
    this.#totals.forget(keyId);
  }
}
