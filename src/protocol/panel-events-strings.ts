import type { Texts } from './texts';

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
  readonly allowDetected: string;
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
