import type { SecurityPolicy } from '../core/policy-schema';
import type { RehearsalLimit } from '../core/rehearsal';
import type { Texts } from './texts';

type Names<T extends object> = Extract<keyof T, string>;

/** A member of the policy that is a value; groups of values are named by their members: `scoring.blockAt`. */
type MembersOf<T, P extends string> = T extends readonly unknown[] ? P : T extends object ? `${P}.${Names<T>}` : P;

/** Every threshold of the policy by its path: a new one needs a text before anything compiles. */
export type PolicyField = Exclude<
  { [P in Names<SecurityPolicy>]: MembersOf<NonNullable<SecurityPolicy[P]>, P> }[Names<SecurityPolicy>],
  'version'
>;

/** Headings of the policy form. */
export type PolicyGroup =
  | 'mode'
  | 'services'
  | 'access'
  | 'authFailures'
  | 'scoring'
  | 'intrusion'
  | 'anomaly'
  | 'rateLimits'
  | 'resources'
  | 'honeypots'
  | 'tls'
  | 'audit';

/** The policy tab. */
export interface PolicyStrings {
  readonly hint: string;
  readonly view: string;
  readonly form: string;
  readonly json: string;
  readonly resetAll: string;
  readonly resetField: string;
  readonly review: string;
  readonly reviewTitle: string;
  readonly discard: string;
  readonly apply: string;
  readonly applied: string;
  readonly refused: string;
  readonly unchanged: string;
  readonly changedFields: string;
  readonly field: string;
  readonly oldNew: string;
  readonly notSet: string;
  readonly default: string;
  readonly range: string;
  readonly outOfRange: string;
  readonly badJson: string;
  readonly notAnObject: string;
  readonly modeHint: string;
  readonly listHint: string;
  readonly ladderHint: string;
  readonly badLadder: string;
  readonly rehearsal: string;
  readonly rehearsalHint: string;
  readonly rehearse: string;
  readonly rehearsing: string;
  readonly rehearsedNothing: string;
  readonly rehearsedRows: string;
  readonly wouldBlock: string;
  readonly newBlocks: string;
  readonly newBlock: string;
  readonly rehearsalLimits: Texts<RehearsalLimit>;
  readonly notReplayed: string;
  readonly wouldThrottle: string;
  readonly wouldSpare: string;
  readonly choices: Texts<'auto' | 'inherit' | 'off' | 'observe' | 'enforce' | 'self-signed' | 'files' | 'acme'>;
}

export type PolicyUnitsStrings = Texts<
  'perMinute' | 'perSecond' | 'minutes' | 'seconds' | 'days' | 'milliseconds' | 'points'
>;
