import { reason, type ReasonCode } from '../core/reason';
import type { ProbeFailure } from './probe';

type Cause = ProbeFailure['cause'];

/** Node's, undici's and llhttp's error codes → what they mean for a probe. */
const causes: readonly (readonly [RegExp, Cause])[] = [
  [/^(ECONNREFUSED|EADDRNOTAVAIL|EAFNOSUPPORT)$/, 'refused'], // the latter two: a machine without IPv6
  [/^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/, 'connect-timeout'],
  [/^(UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT)$/, 'answer-timeout'],
  [/^(ENOTFOUND|EAI_\w+)$/, 'unresolved'],
  [/^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EACCES|EPERM)$/, 'unreachable'],
  [/^HPE_|^UND_ERR_HEADERS_OVERFLOW$/, 'not-http'],
  [/^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|EPROTO$)/, 'tls'],
];

/** Walks `cause` and the members of an AggregateError (several addresses of one name) to the first error code. */
export function errorCodeOf(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > 4) return undefined;
  const { name, code, cause, errors } = error as { name?: unknown; code?: unknown; cause?: unknown; errors?: unknown };
  if (name === 'HTTPParserError') return 'HPE_INVALID'; // undici sets its code to undefined for some of them
  if (typeof code === 'string' && code !== 'UND_ERR_SOCKET') return code;
  const inner: readonly unknown[] = Array.isArray(errors) ? (errors as unknown[]) : [];
  for (const candidate of [cause, ...inner]) {
    const found = errorCodeOf(candidate, depth + 1);
    if (found !== undefined) return found;
  }
  return typeof code === 'string' ? code : undefined;
}

/** What a thrown network error means. Unknown codes count as a broken connection. */
export function causeOf(error: unknown): Cause {
  const code = errorCodeOf(error) ?? '';
  return causes.find(([pattern]) => pattern.test(code))?.[1] ?? 'reset';
}

export interface FailureFacts {
  /** `127.0.0.1:8080` */
  readonly authority: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly connectTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly maxBodyMb: number;
  /** Code or message of the error, for TLS. */
  readonly detail: string;
}

const reasons: Record<Cause, (facts: FailureFacts) => readonly [ReasonCode, ...(string | number)[]]> = {
  refused: (facts) => ['engine.refused', facts.authority],
  'connect-timeout': (facts) => ['engine.connectTimeout', facts.authority, facts.connectTimeoutMs],
  'answer-timeout': (facts) => ['engine.answerTimeout', facts.port, facts.totalTimeoutMs],
  reset: () => ['engine.reset'],
  unresolved: (facts) => ['engine.unresolved', facts.host],
  unreachable: (facts) => ['engine.unreachable', facts.authority],
  tls: (facts) => ['engine.tls', facts.detail],
  'not-http': (facts) => ['engine.notHttp', facts.authority],
  'too-large': (facts) => ['engine.tooLarge', facts.path, facts.maxBodyMb],
  aborted: () => ['engine.reset'],
};

export function probeFailure(cause: Cause, facts: FailureFacts): ProbeFailure {
  return { ok: false, cause, reason: reason(...reasons[cause](facts)) };
}
