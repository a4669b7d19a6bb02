import { reason, reasonText, type Reason } from '../../core/reason';
import { errorMessage } from '../error-message';

/** Why no certificate came of an order, in words for people. */
export class AcmeFailure extends Error {
  readonly reason: Reason;
  /** What the server's Retry-After asked for. */
  readonly retryAfterMs: number;

  constructor(why: Reason, retryAfterMs = 0) {
    super(reasonText(why));
    this.name = 'AcmeFailure';
    this.reason = why;
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

/** Any error of an attempt, in words: of the file system, of acme-client (which only has texts), or one of ours. */
export function asFailure(error: unknown, host: string): AcmeFailure {
  if (error instanceof AcmeFailure) return error;
  const isFile = error instanceof Error && 'syscall' in error && 'path' in error;
  return new AcmeFailure(
    isFile
      ? reason('tls.notKept', String(error.path), errorMessage(error))
      : reason('tls.acmeRefused', host, errorMessage(error)),
  );
}
