import { reason, type Reason } from '../core/reason';
import { parseJson, objectOf, textOf } from './json';
import type { ProbeAnswer, ProbeFailure, ProbeReply } from './probe';

/** What one probe showed about the engine's health. The state machine turns it into an {@link EngineState}. */
export type Observation =
  | { readonly type: 'ok'; readonly latencyMs: number }
  /** 429 or 503. */
  | { readonly type: 'busy'; readonly status: number }
  | { readonly type: 'loading' }
  | { readonly type: 'needs-key'; readonly status: number; readonly hadKey: boolean }
  | { readonly type: 'bad-answer'; readonly reason: Reason }
  | { readonly type: 'unreachable'; readonly cause: ProbeFailure['cause']; readonly reason: Reason };

/**
 * Reads the health out of any answer: transport first, then the status. A 2xx answer counts as good; whether its
 * body is what was asked for is the adapter's to say.
 */
export function observe(answer: ProbeAnswer, path: string, hadKey: boolean): Observation {
  if (!answer.ok) {
    return answer.cause === 'too-large' || answer.cause === 'not-http' || answer.cause === 'tls'
      ? { type: 'bad-answer', reason: answer.reason }
      : { type: 'unreachable', cause: answer.cause, reason: answer.reason };
  }
  const { status } = answer;
  if (status >= 200 && status < 300) return { type: 'ok', latencyMs: answer.latencyMs };
  if (status === 401 || status === 403) return { type: 'needs-key', status, hadKey };
  if (isLoadingAnswer(answer)) return { type: 'loading' };
  if (status === 429 || status === 503) return { type: 'busy', status };
  if (status >= 300 && status < 400) {
    const target = textOf(answer.headers.location, 200) ?? '?';
    return { type: 'bad-answer', reason: reason('engine.redirect', target) };
  }
  return { type: 'bad-answer', reason: reason('engine.httpStatus', status, path) };
}

/** llama-server while its model loads: 503 on every route with `type: unavailable_error` (measured). */
export function isLoadingAnswer(answer: ProbeReply): boolean {
  if (answer.status !== 503) return false;
  const error = objectOf(objectOf(parseJson(answer.body))?.error);
  return error?.type === 'unavailable_error' || /loading model/i.test(textOf(error?.message) ?? '');
}

/** A 2xx answer whose body is not what the route promises. */
export function badAnswer(path: string): Observation {
  return { type: 'bad-answer', reason: reason('engine.badAnswer', path) };
}
