import type { AuditRow } from '../../core/audit';
import type { AccessRow } from '../../core/audit-query';

/** One request with what was recorded about it, or a row that belongs to none. */
export interface RecordedStep {
  /** Epoch ms. */
  readonly at: number;
  readonly access?: AccessRow;
  /** Oldest first. */
  readonly rows: readonly AuditRow[];
}

interface GrowingStep {
  readonly at: number;
  readonly access?: AccessRow;
  /** Newest first. */
  readonly rows: AuditRow[];
}

const noRows: readonly AuditRow[] = [];

/**
 * Records of a span of time. Taken in newest first, first all requests, then all rows; given back oldest first. No call
 * takes longer because there are many: nothing is sorted, and nothing is put together before it is asked for.
 */
export class RecordWindow {
  /** Newest first, as all lists here. */
  readonly #requests: GrowingStep[] = [];
  readonly #byRequest = new Map<string, GrowingStep>();
  /** Rows that belong to no request of this window. */
  readonly #others: AuditRow[] = [];
  #records = 0;

  get records(): number {
    return this.#records;
  }

  addRequest(access: AccessRow): void {
    const step: GrowingStep = { at: access.at, access, rows: [] };
    this.#requests.push(step);
    this.#byRequest.set(access.requestId, step);
    this.#records++;
  }

  addRow(row: AuditRow): void {
    const own = row.requestId === undefined ? undefined : this.#byRequest.get(row.requestId);
    if (own === undefined) this.#others.push(row);
    else own.rows.push(row);
    this.#records++;
  }

  /** Oldest first; what has the same time in the order it was written, a request before rows of the same moment. */
  *steps(): Generator<RecordedStep> {
    let request = this.#requests.length - 1;
    let other = this.#others.length - 1;
    while (request >= 0 || other >= 0) {
      const step = this.#requests[request];
      const row = this.#others[other];
      if (step !== undefined && (row === undefined || step.at <= row.at)) {
        request--;
        yield step.rows.length === 0 ? { ...step, rows: noRows } : { ...step, rows: step.rows.toReversed() };
      } else if (row !== undefined) {
        other--;
        yield { at: row.at, rows: [row] };
      }
    }
  }
}
