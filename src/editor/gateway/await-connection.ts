import type { Clock } from '../../core/clock';
import type { Event } from '../../core/emitter';
import { FlmError } from '../../core/errors';

/** A request made while there is no connection waits that long for one. */
const connectionWaitMs = 15_000;

export interface ConnectionSource<C> {
  /** Fires whenever the answer to one of the others may be another. */
  readonly onDidChange: Event<unknown>;
  readonly current: () => C | undefined;
  /** Why there will be none. */
  readonly refusal: () => FlmError | undefined;
}

/** Resolves with the connection once there is one; rejects when there will be none, and after 15 s. */
export function awaitConnection<C>({ onDidChange, current, refusal }: ConnectionSource<C>, clock: Clock): Promise<C> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      const connection = current();
      const why = refusal();
      if (connection === undefined && why === undefined) return;
      timer.cancel();
      listening.dispose();
      if (connection !== undefined) resolve(connection);
      else reject(why ?? new FlmError('internal_error', 'There is no connection.'));
    };
    const timer = clock.setTimeout(() => {
      listening.dispose();
      reject(new FlmError('internal_error', 'The gateway does not answer.'));
    }, connectionWaitMs);
    const listening = onDidChange(settle);
    settle();
  });
}
