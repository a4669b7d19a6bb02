import type { AuditRow } from '../../core/audit';
import type { Block } from '../../core/block';
import { recordedFailures } from './recorded-caller';
import { recordedAnomaly } from './recorded-signs';
import type { ReplayedServices } from './replayed-services';

/** What was recorded beside requests, and what people did meanwhile. */
export class ReplayedRows {
  readonly #services: ReplayedServices;

  constructor(services: ReplayedServices) {
    this.#services = services;
  }

  /** Answers the blocks that come of a row. */
  play(row: AuditRow): readonly Block[] {
    switch (row.kind) {
      case 'gateway.started':
        this.#services.restart();
        return [];
      case 'block.added':
      case 'block.changed':
        this.#byPeople(row);
        return [];
      case 'block.removed':
        if (row.address !== undefined) this.#services.lift(row.address);
        return [];
      case 'auth.failure':
      case 'auth.decoy':
        return this.#lateFailure(row);
      default:
        return this.#anomaly(row);
    }
  }

  #byPeople({ address, details, observedOnly }: AuditRow): void {
    if (address === undefined || details?.source !== 'manual' || observedOnly === true) return;
    const expiresAt = details.expiresAt;
    const block = { range: address, rule: 'manual', reason: '' };
    this.#services.blocklist
      .add(typeof expiresAt === 'number' ? { ...block, expiresAt } : block)
      // It was possible then and is not now: protected, or on the allowlist.
      .catch(() => undefined);
  }

  /** A wrong key whose request stands in another window of records. */
  #lateFailure(row: AuditRow): readonly Block[] {
    if (row.address === undefined || row.requestId === undefined) return [];
    const suspect = this.#services.suspect(row.address, false);
    return recordedFailures([row]).flatMap(({ attempt }) => this.#services.wrongKey(suspect, attempt) ?? []);
  }

  #anomaly(row: AuditRow): readonly Block[] {
    const { policy, modes } = this.#services.inForce;
    if (row.address === undefined || modes.anomaly === 'off') return [];
    const sign = recordedAnomaly(row, policy);
    if (sign === undefined) return [];
    const block = this.#services.score(this.#services.suspect(row.address, false), [sign], modes.anomaly);
    return block === undefined ? [] : [block];
  }
}
