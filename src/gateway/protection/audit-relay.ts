import type { AuditEvent, AuditKind, AuditLog } from '../../core/audit';
import { Emitter } from '../../core/emitter';
import type { AccessRecord } from '../../core/request';

/** What a person may want to be interrupted for. Everything else only stands in the log. */
const tellable: ReadonlySet<AuditKind> = new Set<AuditKind>([
  'auth.decoy',
  'block.added',
  'throttle.resource',
  'throttle.released',
  'detection.tunnel',
  'exposure.changed',
  'checkup.finding',
  'storage.recovered',
  'storage.failed',
]);

/** Writes to the audit log and tells the windows of what may be worth an interruption. */
export class AuditRelay implements AuditLog {
  readonly #log: AuditLog;
  readonly #tell: (event: AuditEvent) => void;
  readonly #accesses = new Emitter<AccessRecord>();
  /** Every request, when it has ended. */
  readonly onDidRecordAccess = this.#accesses.event;

  constructor(log: AuditLog, tell: (event: AuditEvent) => void) {
    this.#log = log;
    this.#tell = tell;
  }

  record(event: AuditEvent): void {
    this.#log.record(event);
    if (tellable.has(event.kind) && event.observedOnly !== true) this.#tell(event);
  }

  recordAccess(record: AccessRecord): void {
    this.#log.recordAccess(record);
    this.#accesses.fire(record);
  }
}
