import type { AuditEvent, AuditLog } from '../../core/audit';
import type { Block } from '../../core/block';
import type { Clock } from '../../core/clock';

/** What becomes of the blocklist, as rows of the audit log. */
export class BlockRows {
  readonly #audit: AuditLog;
  readonly #clock: Clock;

  constructor(audit: AuditLog, clock: Clock) {
    this.#audit = audit;
    this.#clock = clock;
  }

  tell(kind: AuditEvent['kind'], block: Block): void {
    this.#audit.record(blockEvent(kind, block, this.#clock.now()));
  }

  /** One row for a whole import: a hundred thousand would push everything else out of the log. */
  tellImport(added: number, refused: number): void {
    this.#audit.record({
      kind: 'block.added',
      severity: 'info',
      at: this.#clock.now(),
      rule: 'import',
      details: { added, refused },
    });
  }

  /** One row for all: whoever sends from that many addresses must not fill the log, too. */
  tellGivenUp(givenUp: number, kept: number): void {
    this.#audit.record({
      kind: 'block.removed',
      severity: 'medium',
      at: this.#clock.now(),
      rule: 'blocklist.full',
      details: { givenUp, kept },
    });
  }
}

/** What has become of a block, as it is told in the audit log and to windows. */
export function blockEvent(kind: AuditEvent['kind'], block: Block, at: number): AuditEvent {
  return {
    kind,
    severity: kind === 'block.added' && block.source === 'auto' ? 'high' : 'info',
    at,
    address: block.range,
    rule: block.rule,
    evidence: block.reason,
    details: { source: block.source, strikes: block.strikes, expiresAt: block.expiresAt ?? null },
  };
}
