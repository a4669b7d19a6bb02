import type { AuditEvent, AuditRow } from '../../../../src/core/audit';
import type { AccessRow, Page, PageQuery } from '../../../../src/core/audit-query';
import type { AccessRecord, Admission, RequestFacts } from '../../../../src/core/request';
import type { RecordSource } from '../../../../src/security/rehearsal/record-source';
import { FakeClock } from '../../../helpers/fake-clock';
import { makeFacts, makeSecurity, type MadeRequest, type SecurityFixture } from '../../../helpers/security-fixture';

/** A gateway under simulated traffic whose records can be replayed. */
export class SimulatedRun {
  readonly clock = new FakeClock();
  readonly security: SecurityFixture;
  readonly startedAt = this.clock.now();

  constructor(policy: Readonly<Record<string, unknown>> = {}) {
    this.security = makeSecurity({ clock: this.clock, policy });
  }

  /** One request, decided by the gate and recorded as the proxy would. */
  send(request: MadeRequest): Admission {
    const facts = { ...makeFacts(request), receivedAt: this.clock.now() };
    const admission = this.security.gate.admit(facts);
    this.security.gate.settled(recordOf(facts, admission));
    return admission;
  }

  get source(): RecordSource {
    return sourceOf(this.security.accesses, this.security.events);
  }

  /** Who was blocked automatically, and by which rule first, as `range rule`. */
  get blocked(): readonly string[] {
    const made = this.security.events.filter(
      ({ kind, details, observedOnly }) =>
        kind === 'block.added' && details?.source === 'auto' && observedOnly !== true,
    );
    const first = new Map(made.toReversed().map(({ address, rule }) => [address, rule]));
    return [...first].map(([address, rule]) => `${address} ${rule}`).toSorted();
  }
}

function recordOf(facts: RequestFacts, admission: Admission): AccessRecord {
  const isOk = admission.ok;
  const identity = admission.ok ? admission.identity : (admission as { identity?: AccessRecord['identity'] }).identity;
  return {
    requestId: facts.id,
    at: facts.receivedAt,
    address: facts.clientAddress,
    method: facts.method,
    route: facts.route,
    path: (facts.target.split('?')[0] ?? '').slice(0, 200),
    status: isOk ? 200 : 403,
    outcome: isOk ? 'ok' : 'refused',
    ...(identity === undefined ? {} : { identity }),
    ...(admission.ok ? {} : { rule: admission.refusal.rule, errorCode: admission.refusal.code }),
    durationMs: 1,
    bytesIn: 0,
    bytesOut: 0,
  };
}

/** Records in memory, answered as the storage answers them: newest first, in pages. */
export function sourceOf(accesses: readonly AccessRecord[], events: readonly AuditEvent[]): RecordSource {
  const access = accesses.map((record, seq): AccessRow => ({ ...record, seq }));
  const audit = events.map((event, seq): AuditRow => ({ ...event, seq, hash: '' }));
  return {
    queryAccess: (query) => Promise.resolve(page(access, query)),
    queryAudit: (query) => Promise.resolve(page(audit, query)),
  };
}

function page<T extends { readonly at: number; readonly seq: number }>(rows: readonly T[], query: PageQuery): Page<T> {
  const { from = 0, to = Infinity, after, limit = 100 } = query;
  const isBefore = ({ at, seq }: T): boolean =>
    after === undefined || at < after.at || (at === after.at && seq < after.seq);
  const found = rows
    .filter((row) => row.at >= from && row.at < to && isBefore(row))
    .sort((a, b) => b.at - a.at || b.seq - a.seq)
    .slice(0, limit);
  const last = found.at(-1);
  return found.length < limit || last === undefined
    ? { rows: found }
    : { rows: found, next: { at: last.at, seq: last.seq } };
}
