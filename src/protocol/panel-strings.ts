import type { AuditKind, Severity } from '../core/audit';
import type { BlocklistStrings } from './panel-blocklist-strings';
import type {
  ActionsStrings,
  CommonStrings,
  ConnectionStrings,
  DurationsStrings,
  RangesStrings,
  TabsStrings,
  UnitsStrings,
} from './panel-common-strings';
import type { EventsStrings, KindGroupsStrings, WhyStrings } from './panel-events-strings';
import type { KeysStrings } from './panel-keys-strings';
import type { OverviewStrings, TilesStrings } from './panel-overview-strings';
import type { PolicyField, PolicyGroup, PolicyStrings, PolicyUnitsStrings } from './panel-policy-strings';
import type { QrStrings, SharingStrings } from './panel-sharing-strings';
import type { Texts } from './texts';

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
