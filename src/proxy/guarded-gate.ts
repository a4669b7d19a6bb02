import { FlmError, messageOf } from '../core/errors';
import type { Logger } from '../core/logger';
import type { Gate } from '../core/request';

/**
 * A gate whose faults harm nobody: it promises not to throw, and if it does, a request whose identity could not be
 * checked is refused (fail closed), and a report or record that could not be taken is logged.
 */
export function guardedGate(gate: Gate, logger: Logger): Gate {
  return {
    ...(gate.acquireNow && { acquireNow: (facts) => gate.acquireNow?.(facts) }),
    admit(facts) {
      try {
        return gate.admit(facts);
      } catch (error) {
        logger.error('The gate failed; the request was refused.', { error });
        const code = FlmError.is(error) ? error.code : 'internal_error';
        const evidence = messageOf(error).slice(0, 200);
        const message = 'The request could not be checked.';
        return { ok: false, refusal: { rule: 'gate-failure', code, message, evidence } };
      }
    },
    acquire: (facts, signal) => gate.acquire(facts, signal),
    report(event) {
      try {
        gate.report(event);
      } catch (error) {
        logger.error('A report to the gate failed.', { error });
      }
    },
    settled(record) {
      try {
        gate.settled(record);
      } catch (error) {
        logger.error('The record of a request could not be taken.', { error });
      }
    },
  };
}
