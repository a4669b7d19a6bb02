import type { AuditRow } from '../../core/audit';
import type { SecurityPolicy } from '../../core/policy-schema';
import type { Guard, GuardContext, Verdict } from '../guards/guard';
import { intrusionVerdict } from '../guards/intrusion-verdict';
import { recordedIntrusion } from './recorded-signs';

/** Stands in for the intrusion guard: what a request contained is gone, what was found in it is on record. */
export class RecordedIntrusionGuard implements Guard {
  readonly id = 'intrusion';
  readonly service = 'intrusion';
  readonly isDetector = true;
  readonly looksOnAfterRefusal = true;
  /** Of the request that is asked about next. */
  rows: readonly AuditRow[] = [];
  readonly #disabled: ReadonlySet<string>;

  constructor({ intrusion }: SecurityPolicy) {
    this.#disabled = new Set(intrusion.disabledRules);
  }

  check(context: GuardContext): Verdict | undefined {
    const signs = this.rows.flatMap((row) => recordedIntrusion(row, context.path, this.#disabled) ?? []);
    return intrusionVerdict(context, signs);
  }
}
