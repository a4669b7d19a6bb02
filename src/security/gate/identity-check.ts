import type { Authenticator, AuthResult } from '../../core/authenticator';
import { messageOf } from '../../core/errors';
import type { Logger } from '../../core/logger';
import type { Refusal } from '../../core/request';
import type { Blocklist } from '../blocks/blocklist';
import type { GuardContext } from '../guards/guard';
import { blockGuesser, explainGuessing, guessingRule, noteWrongKey } from '../scores/wrong-keys';
import type { PolicyInForce } from './policy-in-force';
import { unchecked } from './refusals';
import type { SecurityRecorder } from './security-recorder';

export interface IdentityCheckDeps {
  readonly authenticator: Authenticator;
  readonly blocklist: Pick<Blocklist, 'blockAddress'>;
  readonly inForce: Pick<PolicyInForce, 'modes'>;
  readonly recorder: SecurityRecorder;
  readonly logger: Logger;
}

/** Asks who sends a request, and counts wrong keys. Fails closed. */
export class IdentityCheck {
  readonly #deps: IdentityCheckDeps;

  constructor(deps: IdentityCheckDeps) {
    this.#deps = deps;
  }

  /** Leaves what was found in `context.auth`; a refusal when the credentials do not open the door. */
  check(context: GuardContext): Refusal | undefined {
    const { authenticator, recorder, logger } = this.#deps;
    const { facts, tracked, now } = context;
    let auth: AuthResult;
    try {
      auth = authenticator.verify(facts);
    } catch (error) {
      logger.error('The identity check failed; the request was refused.', { error });
      recorder.failure('identity', messageOf(error), facts);
      return unchecked();
    }
    context.auth = auth;
    if (auth.ok) {
      if (auth.identity.type === 'key') {
        tracked.trustedAt = now;
        tracked.failures.reset();
        recorder.authSuccess(facts, auth.identity.keyId);
      }
      return undefined;
    }
    if (auth.code !== 'key_missing') {
      recorder.authFailure(facts, auth.code, auth.attempt, auth.keyId, auth.isDecoy === true);
    }
    if (auth.attempt !== undefined) this.#countFailure(context, auth.attempt);
    return { rule: 'key', code: auth.code, message: auth.message };
  }

  #countFailure(context: GuardContext, attempt: string): void {
    const { blocklist, inForce, recorder } = this.#deps;
    const guessing = noteWrongKey(context, attempt, context.policy);
    if (guessing === undefined || inForce.modes.blocklist === 'off') return;
    if (inForce.modes.blocklist === 'observe') {
      recorder.observedBlock(context.facts.clientAddress, guessingRule, explainGuessing(guessing), guessing.minutes);
      return;
    }
    const block = blockGuesser(blocklist, context.key, guessing);
    if (block !== undefined) recorder.blocked(block);
  }
}
