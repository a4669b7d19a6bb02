import { isLoopbackAddress } from '../../core/address';
import type { AuditRow } from '../../core/audit';
import type { AccessRow } from '../../core/audit-query';
import type { RequestFacts } from '../../core/request';
import { recordedFailures, type RecordedFailure } from './recorded-caller';

/** Rules that refuse before the gate is asked. */
const beforeTheGate: ReadonlySet<string | undefined> = new Set(['origin-guard']);

/** Whether the gate was asked about a request: not about preflights, strange origins and while stopping. */
export function hasMetTheGate({ rule, method, status, errorCode }: AccessRow): boolean {
  const isPreflight = method === 'OPTIONS' && status === 204;
  return !isPreflight && !beforeTheGate.has(rule) && errorCode !== 'gateway_stopping';
}

export function cameFromThisMachine({ identity, address, rule }: AccessRow): boolean {
  if (identity !== undefined) return identity.type === 'local';
  return rule !== 'host-guard' && isLoopbackAddress(address);
}

/** What is left of a request: enough for the guards that count, nothing of its headers. */
export function factsOf(record: AccessRow, isLocal: boolean): RequestFacts {
  return {
    id: record.requestId,
    receivedAt: record.at,
    method: record.method,
    target: record.path,
    headers: {},
    rawHeaders: [],
    socketAddress: record.address,
    clientAddress: record.address,
    isDirectLocal: isLocal,
    route: record.route,
    isTls: false,
  };
}

/** Wrong keys of a request. One without a row repeats, within a minute, what the address sent last. */
export function failuresOf(
  { errorCode }: AccessRow,
  rows: readonly AuditRow[],
  lastAttempt: string | undefined,
): readonly RecordedFailure[] {
  const failures = recordedFailures(rows);
  if (failures.length > 0 || errorCode !== 'key_invalid') return failures;
  return [{ attempt: lastAttempt ?? 'not recorded', isDecoy: false }];
}
