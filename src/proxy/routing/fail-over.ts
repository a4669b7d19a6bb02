import type { ErrorCode } from '../../core/errors';

/*
 * When a request may be sent to another engine. Inference has no side effects, so a repeat harms nobody by its result;
 * it costs an engine's time. A request is therefore sent again only when nothing of an answer was seen, and only for
 * faults that say it was not worked on (no connection; 429, 502, 503) or that the work is lost (the connection broke
 * before the head). Not after a timeout of the first byte: that engine may still be at it.
 */

/** Statuses by which an engine, or what stands before it, says that it did not take the request. */
const refusing: ReadonlySet<number> = new Set([429, 502, 503]);

/** Faults of a connection on which no head of an answer came. */
const unanswered: ReadonlySet<ErrorCode> = new Set(['connect_timeout', 'engine_unreachable']);

export function isRefusingStatus(status: number): boolean {
  return refusing.has(status);
}

export function isUnansweredFault(code: ErrorCode): boolean {
  return unanswered.has(code);
}
