import type { Block } from '../../core/block';
import type { SecurityPolicy } from '../../core/policy-schema';
import { reason } from '../../core/reason';
import type { Blocklist } from '../blocks/blocklist';
import type { Suspect } from './scorekeeper';

/** Somebody has tried so many different keys that he is to be blocked. */
export interface Guessing {
  /** Different wrong keys, and repetitions of one. */
  readonly failures: number;
  /** For how long; null: until lifted. */
  readonly minutes: number | null;
}

export const guessingRule = 'auth-guessing';

/**
 * Notes a wrong key. Answers what it calls for where it reaches the next rung of the ladder; undefined otherwise, and
 * for those who are never blocked. Nothing is remembered against a trusted proxy: strangers come through it.
 */
export function noteWrongKey(
  { tracked, now, protection }: Suspect,
  attempt: string,
  { authFailures }: SecurityPolicy,
): Guessing | undefined {
  if (protection === 'trusted-proxy') return undefined;
  const step = tracked.failures.record(attempt, now, authFailures);
  if (step === undefined || protection !== undefined) return undefined;
  return { failures: tracked.failures.counted, minutes: step.minutes };
}

/** One line of English for lists and logs. */
export function explainGuessing({ failures }: Guessing): string {
  return `${failures} wrong API keys`;
}

/** Undefined where nothing changes: the address is protected, or blocked for longer. */
export function blockGuesser(
  blocklist: Pick<Blocklist, 'blockAddress'>,
  key: string,
  guessing: Guessing,
): Block | undefined {
  const { failures, minutes } = guessing;
  const cause = { sentence: reason('block.guessing', failures) };
  const durationMs = minutes === null ? undefined : minutes * 60_000;
  return blocklist.blockAddress(key, { rule: guessingRule, reason: explainGuessing(guessing), cause }, durationMs);
}
