import type { Reason } from '../../core/reason';

/** What the server wants to see, and where. */
export interface ChallengeQuestion {
  /** The name to be proved, without `*.`. */
  readonly domain: string;
  readonly token: string;
  /** For HTTP-01 the text of the file, for DNS-01 the text of the record. */
  readonly answer: string;
}

/** One way to prove a name (RFC 8555 §8). */
export interface ChallengeResponder {
  readonly type: 'http-01' | 'dns-01';
  /** What has to be reachable, before the server looks. */
  wanted(domain: string): Reason;
  /** The server looked and was not content. */
  failed(domain: string, says: string): Reason;
  /**
   * Puts the answer where the server looks for it; the result takes it away again and does not reject. Rejects with an
   * `AcmeFailure`, or with the signal's reason.
   */
  answer(question: ChallengeQuestion, signal: AbortSignal): Promise<() => Promise<void>>;
}
