import { reasonText, type Reason } from '../../core/reason';

/** Why no certificate came of an order, in words for people. */
export class AcmeFailure extends Error {
  readonly reason: Reason;
  /** What the server's Retry-After asked for. */
  readonly retryAfterMs: number;

  constructor(reason: Reason, retryAfterMs = 0) {
    super(reasonText(reason));
    this.name = 'AcmeFailure';
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The source was stopped: nobody waits for the outcome any more. */
export class AcmeStopped extends Error {
  constructor() {
    super('stopped');
    this.name = 'AcmeStopped';
  }
}
