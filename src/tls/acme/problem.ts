import { printable } from '../../core/printable';
import { reason } from '../../core/reason';
import { timeText } from '../dates';
import { AcmeFailure } from './acme-failure';

const prefix = 'urn:ietf:params:acme:error:';
const maxLength = 400;
/** A server that limits without saying for how long. */
const usualLimitMs = 60 * 60_000;

/** A problem document as a server sends it (RFC 7807, RFC 8555 §6.7), nothing of which is taken on trust. */
export interface Problem {
  /** Without the common prefix: `rateLimited`. */
  readonly type: string;
  readonly detail: string;
}

/** Reads what may be a problem document. Never throws. */
export function readProblem(value: unknown): Problem {
  const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const type = typeof fields['type'] === 'string' ? fields['type'].replace(prefix, '') : '';
  const detail = typeof fields['detail'] === 'string' ? fields['detail'] : '';
  return { type: printable(type, 80), detail: printable(detail, maxLength) };
}

/** What a person is told when the server answers with an error. */
export function failureOf(
  host: string,
  answer: { readonly status: number; readonly data: unknown; readonly retryAfterMs: number },
  now: number,
): AcmeFailure {
  const { type, detail } = readProblem(answer.data);
  const says = [detail, type === '' ? `HTTP ${answer.status}` : `(${type})`].filter((part) => part !== '').join(' ');
  if (answer.status === 429 || type === 'rateLimited') {
    const waitMs = answer.retryAfterMs > 0 ? answer.retryAfterMs : usualLimitMs;
    return new AcmeFailure(reason('tls.acmeRateLimited', host, timeText(now + waitMs), says), waitMs);
  }
  const code = answer.status >= 500 ? 'tls.acmeUnreachable' : 'tls.acmeRefused';
  return new AcmeFailure(reason(code, host, says), answer.retryAfterMs);
}

/** Retry-After as seconds or a date (RFC 9110 §10.2.3). 0 for none, or one that is no such thing. */
export function retryAfterMs(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? 0 : Math.max(0, at - now);
}
