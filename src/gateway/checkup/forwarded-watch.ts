import type { Clock } from '../../core/clock';
import { isLoopbackAddress } from '../../core/address';
import { forwardingHeader, type HeaderValues } from '../../core/forwarding-header';

/** Loopback requests with forwarding headers: a proxy or tunnel on this machine that FLM was not told of. */
export interface ForwardedRequests {
  readonly count: number;
  /** Header by which the last one showed: `x-forwarded-for`. */
  readonly header: string;
  /** Milliseconds that were looked back. */
  readonly windowMs: number;
}

/** How long such a request is remembered: as long as a check-up is apart from the next. */
export const forwardedWindowMs = 24 * 60 * 60 * 1000;
const bucketMs = 60 * 60 * 1000;

/**
 * Counts requests that come over loopback with signs of something in front. Two dozen numbers, whatever arrives; one
 * header look-up per loopback request.
 */
export class ForwardedWatch {
  readonly #clock: Clock;
  /** Hour since the epoch of the monotonic clock → requests. */
  readonly #buckets = new Map<number, number>();
  #header = '';

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Wraps what finds the client's address. `address !== socketAddress` means that a trusted proxy said it. */
  watching<H extends HeaderValues>(
    find: (socketAddress: string, headers: H) => string,
  ): (socketAddress: string, headers: H) => string {
    return (socketAddress, headers) => {
      const address = find(socketAddress, headers);
      if (address === socketAddress) this.#note(socketAddress, headers);
      return address;
    };
  }

  /** Undefined: none lately. */
  recent(): ForwardedRequests | undefined {
    this.#forget();
    const count = [...this.#buckets.values()].reduce((sum, one) => sum + one, 0);
    return count === 0 ? undefined : { count, header: this.#header, windowMs: forwardedWindowMs };
  }

  #note(socketAddress: string, headers: HeaderValues): void {
    const header = forwardingHeader(headers);
    if (header === undefined || !isLoopbackAddress(socketAddress)) return;
    const bucket = this.#bucket();
    if (!this.#buckets.has(bucket)) this.#forget();
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
    this.#header = header;
  }

  #bucket(): number {
    return Math.floor(this.#clock.monotonic() / bucketMs);
  }

  #forget(): void {
    const oldest = this.#bucket() - forwardedWindowMs / bucketMs;
    for (const bucket of this.#buckets.keys()) if (bucket <= oldest) this.#buckets.delete(bucket);
  }
}
