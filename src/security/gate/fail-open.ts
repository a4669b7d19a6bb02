import { messageOf } from '../../core/errors';
import type { Logger } from '../../core/logger';
import type { RequestFacts } from '../../core/request';
import type { SecurityRecorder } from './security-recorder';

/** What must never fail a request: an exception is logged, recorded, and counts as «nothing found». */
export class FailOpen {
  readonly #logger: Logger;
  readonly #recorder: Pick<SecurityRecorder, 'failure'>;

  constructor(logger: Logger, recorder: Pick<SecurityRecorder, 'failure'>) {
    this.#logger = logger;
    this.#recorder = recorder;
  }

  /** @param what names the service in the log */
  run<T>(what: string, facts: RequestFacts | undefined, run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      this.failed(what, facts, error);
      return undefined;
    }
  }

  /** Never throws. */
  failed(what: string, facts: RequestFacts | undefined, error: unknown): void {
    this.#logger.error(`The security service ${what} failed; the request was let through.`, { error });
    try {
      this.#recorder.failure(what, messageOf(error), facts);
    } catch {
      // The audit log itself is broken; its owner reports that.
    }
  }
}
