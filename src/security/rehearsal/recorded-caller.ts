import type { KeyScope } from '../../core/api-key';
import type { AuditRow } from '../../core/audit';
import type { AccessRow } from '../../core/audit-query';
import type { AuthResult } from '../../core/authenticator';
import type { ErrorCode } from '../../core/errors';

type Failure = Extract<AuthResult, { ok: false }>;

/** One wrong key, as it was recorded. */
export interface RecordedFailure {
  readonly attempt: string;
  readonly isDecoy: boolean;
  readonly keyId?: string;
}

const failures: ReadonlySet<ErrorCode | undefined> = new Set<ErrorCode>([
  'key_missing',
  'key_invalid',
  'key_expired',
  'key_revoked',
  'key_out_of_scope',
]);

/** Whose credentials they were, as far as the records say. Records of older versions know less: then it is nobody's. */
export function recordedAuth(
  { identity, errorCode, rule = '' }: AccessRow,
  isLocal: boolean,
  lastKey: string | undefined,
  scopeOf: (keyId: string) => KeyScope | undefined,
): AuthResult {
  const withKey = (keyId: string, label: string): AuthResult => {
    const scope = scopeOf(keyId);
    return { ok: true, identity: { type: 'key', keyId, label }, ...(scope === undefined ? {} : { scope }) };
  };
  if (identity?.type === 'key') return withKey(identity.keyId, identity.label);
  if (identity?.type === 'local') return { ok: true, identity };
  if (failures.has(errorCode)) return { ok: false, code: errorCode as Failure['code'], message: '' };
  // Only somebody whom identity has let pass can be refused by what comes after it.
  if (/^(?:rate-limit|anomaly\.rate|resources|queue)/.test(rule)) {
    if (isLocal) return { ok: true, identity: { type: 'local' } };
    if (lastKey !== undefined) return withKey(lastKey, '');
  }
  return { ok: false, code: 'key_missing', message: '' };
}

/** Wrong keys among the rows of a request. Records of older versions do not tell two of them apart: each is its own. */
export function recordedFailures(rows: readonly AuditRow[]): readonly RecordedFailure[] {
  return rows
    .filter(({ kind, errorCode }) => kind === 'auth.decoy' || (kind === 'auth.failure' && errorCode === 'key_invalid'))
    .map(({ kind, seq, keyId, details }) => ({
      attempt: typeof details?.attempt === 'string' ? details.attempt : `row ${seq}`,
      isDecoy: kind === 'auth.decoy',
      ...(keyId === undefined ? {} : { keyId }),
    }));
}
