import type { AuditKind, Severity } from '../core/audit';
import type { SecurityMode, SecurityPolicy } from '../core/policy-schema';
import type { RehearsalLimit } from '../core/rehearsal';
import type { QrStrings, SharingStrings } from './panel-sharing-strings';

/**
 * Every text of the security panel. The extension fills it in the reader's language and puts it into the page, so the
 * page needs no translations of its own and a missing text does not compile. `{0}` … are filled in by the page.
 */
export interface LocalizedStrings {
  readonly common: CommonStrings;
  readonly connection: ConnectionStrings;
  readonly tabs: TabsStrings;
  readonly units: UnitsStrings;
  readonly ranges: RangesStrings;
  readonly durations: DurationsStrings;
  readonly severities: Readonly<Record<Severity, string>>;
  readonly kindGroups: KindGroupsStrings;
  readonly kinds: Readonly<Record<AuditKind, string>>;
  readonly actions: ActionsStrings;
  readonly why: WhyStrings;
  /** Why FLM blocks by itself: templates of `BlockCause`. */
  readonly causes: Texts<'block.guessing' | 'block.decoys' | 'block.score' | 'block.neighbours'>;
  /** What signs are called, by rule or category. */
  readonly signs: Readonly<Record<string, string>>;
  readonly overview: OverviewStrings;
  readonly sharing: SharingStrings;
  readonly qr: QrStrings;
  readonly tiles: TilesStrings;
  readonly events: EventsStrings;
  readonly blocklist: BlocklistStrings;
  readonly keys: KeysStrings;
  readonly policy: PolicyStrings;
  readonly policyUnits: PolicyUnitsStrings;
  readonly policyGroups: Readonly<Record<PolicyGroup, string>>;
  readonly policyFields: Readonly<Record<PolicyField, string>>;
}

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

type Texts<K extends string> = Readonly<Record<K, string>>;

/** Words used everywhere. */
export interface CommonStrings {
  readonly title: string;
  readonly close: string;
  readonly cancel: string;
  readonly save: string;
  readonly copy: string;
  readonly copied: string;
  readonly dismiss: string;
  readonly retry: string;
  readonly loading: string;
  readonly connecting: string;
  readonly noAnswer: string;
  readonly thisMachine: string;
  readonly stale: string;
}

/** How the window stands with the gateway. */
export interface ConnectionStrings {
  readonly idle: string;
  readonly connecting: string;
  readonly failed: string;
  readonly incompatible: string;
  readonly asOf: string;
}

/** Names of the tabs. */
export type TabsStrings = Texts<'overview' | 'events' | 'blocklist' | 'keys' | 'policy'>;

/** After a number. */
export type UnitsStrings = Texts<'ms' | 's' | 'min' | 'h' | 'd'>;

/** Spans of time to look back. */
export type RangesStrings = Texts<'1h' | '24h' | '7d'>;

/** How long something shall last. */
export type DurationsStrings = Texts<'hour' | 'day' | 'week' | 'month' | 'year' | 'forGood'>;

/** First parts of the kinds of events. */
export type KindGroupsStrings = Texts<
  | 'auth'
  | 'block'
  | 'detection'
  | 'throttle'
  | 'key'
  | 'share'
  | 'policy'
  | 'config'
  | 'exposure'
  | 'checkup'
  | 'gateway'
  | 'storage'
>;

/** What is done about an address. */
export interface ActionsStrings {
  readonly why: string;
  readonly unblock: string;
  readonly undo: string;
  readonly allowAlways: string;
  readonly blockDay: string;
  readonly blocked: string;
  readonly unblocked: string;
  readonly allowed: string;
  readonly extended: string;
  readonly madePermanent: string;
}

/** The four questions, and sentences to answer them. */
export interface WhyStrings {
  readonly title: string;
  readonly seen: string;
  readonly rule: string;
  readonly done: string;
  readonly allow: string;
  readonly noRule: string;
  readonly blockedSince: string;
  readonly blockedUntil: string;
  readonly blockedForGood: string;
  readonly strikes: string;
  readonly lastSign: string;
  readonly quoted: string;
  readonly ruleSign: string;
  readonly allowAutomatic: string;
  readonly allowManual: string;
  readonly allowKey: string;
  readonly allowLimits: string;
  readonly allowNothing: string;
  readonly doneObserved: string;
  readonly doneBlocked: string;
  readonly doneThrottled: string;
  readonly doneRefused: string;
  readonly doneScored: string;
  readonly doneRecorded: string;
  readonly ruleManual: string;
  readonly ruleImport: string;
  readonly ruleAuthGuessing: string;
  readonly ruleAuthGuessingPlain: string;
  readonly ruleIntrusion: string;
  readonly ruleIntrusionPlain: string;
  readonly ruleAnomaly: string;
  readonly ruleAnomalyPlain: string;
  readonly ruleHoneypot: string;
  readonly ruleHoneypotPlain: string;
  readonly ruleDecoyKey: string;
  readonly ruleRate: string;
  readonly ruleRatePlain: string;
  readonly ruleResources: string;
  readonly ruleResourcesPlain: string;
  readonly ruleWarning: string;
  readonly ruleWarningPlain: string;
  readonly ruleTunnel: string;
  readonly ruleBlocklist: string;
  readonly ruleHost: string;
  readonly ruleOrigin: string;
  readonly ruleMalformed: string;
  readonly ruleOther: string;
}

/** The overview tab. */
export interface OverviewStrings {
  readonly proxy: string;
  readonly endpoints: string;
  readonly start: string;
  readonly stop: string;
  readonly range: string;
  readonly traffic: string;
  readonly who: string;
  readonly attention: string;
  readonly calm: string;
  readonly moreBlocks: string;
  readonly requests: string;
  readonly all: string;
  readonly refused: string;
  readonly tokens: string;
  readonly tokensPerSecond: string;
  readonly tokensOut: string;
  readonly tokensIn: string;
  readonly firstToken: string;
  readonly median: string;
  readonly slowest: string;
  readonly last: string;
  readonly typicalAndSlow: string;
  readonly noUsage: string;
  readonly showEvents: string;
  readonly time: string;
  readonly numbers: string;
  readonly numbersOf: string;
  readonly nothing: string;
  readonly chartNothing: string;
  readonly chartPeak: string;
  readonly phases: Texts<'off' | 'starting' | 'on' | 'stopping' | 'failed'>;
  readonly modes: Texts<SecurityMode>;
  readonly modeHints: Texts<SecurityMode>;
  readonly from: Texts<'machine' | 'network' | 'domain'>;
  readonly usage: Texts<'key' | 'address' | 'model'>;
  readonly throttle: Readonly<Record<1 | 2 | 3 | 4, string>>;
}

/** Figures of the moment. */
export interface TilesStrings {
  readonly label: string;
  readonly requests: string;
  readonly tokens: string;
  readonly firstToken: string;
  readonly cpu: string;
  readonly memory: string;
  readonly blocked: string;
  readonly running: string;
}

/** The events tab. */
export interface EventsStrings {
  readonly list: string;
  readonly filters: string;
  readonly text: string;
  readonly textHint: string;
  readonly severity: string;
  readonly allSeverities: string;
  readonly fromMedium: string;
  readonly fromHigh: string;
  readonly kind: string;
  readonly allKinds: string;
  readonly key: string;
  readonly allKeys: string;
  readonly address: string;
  readonly since: string;
  readonly always: string;
  readonly clearFilter: string;
  readonly count: string;
  readonly countMore: string;
  readonly news: string;
  readonly none: string;
  readonly noMatch: string;
  readonly exportAs: string;
  readonly exported: string;
  readonly observed: string;
  readonly observedHint: string;
  readonly detail: string;
  readonly closeDetail: string;
  readonly sameAddress: string;
  readonly route: string;
  readonly model: string;
  readonly engine: string;
  readonly status: string;
  readonly latency: string;
  readonly error: string;
  readonly request: string;
  readonly row: string;
  readonly rowHash: string;
}

/** The blocklist tab. */
export interface BlocklistStrings {
  readonly blocks: string;
  readonly allowed: string;
  readonly allowedHint: string;
  readonly search: string;
  readonly searchHint: string;
  readonly add: string;
  readonly addAction: string;
  readonly addAllowed: string;
  readonly allowAction: string;
  readonly range: string;
  readonly rangeHint: string;
  readonly noRange: string;
  readonly note: string;
  readonly noteHint: string;
  readonly howLong: string;
  readonly extend: string;
  readonly extendTitle: string;
  readonly longerBy: string;
  readonly import: string;
  readonly imported: string;
  readonly refusedLines: string;
  readonly line: string;
  readonly exportAs: string;
  readonly exportPlain: string;
  readonly exported: string;
  readonly clearTemporary: string;
  readonly clearQuestion: string;
  readonly cleared: string;
  readonly noBlocks: string;
  readonly noMatch: string;
  readonly noAllowed: string;
  readonly removeAllowed: string;
  readonly allowedRemoved: string;
  readonly untilLifted: string;
  readonly left: string;
  readonly allowedLeft: string;
  readonly sources: Texts<'manual' | 'auto' | 'import'>;
}

/** The keys tab. */
export interface KeysStrings {
  readonly list: string;
  readonly hint: string;
  readonly none: string;
  readonly create: string;
  readonly createAction: string;
  readonly edit: string;
  readonly editTitle: string;
  readonly changed: string;
  readonly rotate: string;
  readonly rotateTitle: string;
  readonly rotateText: string;
  readonly revoke: string;
  readonly revokeTitle: string;
  readonly revokeText: string;
  readonly revoked: string;
  readonly events: string;
  readonly label: string;
  readonly labelHint: string;
  readonly needsLabel: string;
  readonly expiry: string;
  readonly keepExpiry: string;
  readonly neverExpires: string;
  readonly expiresIn: string;
  readonly limits: string;
  readonly models: string;
  readonly modelsHint: string;
  readonly modelsKnown: string;
  readonly allModels: string;
  readonly routes: string;
  readonly allRoutes: string;
  readonly requestsPerMinute: string;
  readonly requestsPerDay: string;
  readonly tokensPerDay: string;
  readonly concurrency: string;
  readonly addresses: string;
  readonly anywhere: string;
  readonly noLimit: string;
  readonly noCount: string;
  readonly isDecoy: string;
  readonly decoyHint: string;
  readonly decoy: string;
  readonly used: string;
  readonly neverUsed: string;
  readonly lastUsed: string;
  readonly grace: string;
  readonly perMinute: string;
  readonly requestsADay: string;
  readonly tokensADay: string;
  readonly atOnce: string;
  readonly onlyFrom: string;
  readonly createdTitle: string;
  readonly secret: string;
  readonly once: string;
  readonly snippetHint: string;
  readonly copyKey: string;
  readonly copySnippet: string;
  readonly keyCopied: string;
  readonly snippetCopied: string;
  readonly done: string;
  readonly states: Texts<'usable' | 'expired' | 'revoked'>;
}

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
