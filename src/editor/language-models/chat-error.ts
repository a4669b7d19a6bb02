import type { ErrorCode } from '../../core/errors';

/** How VS Code tells failures of a model apart (`LanguageModelError`); `other` is everything else. */
export type ChatErrorKind = 'not-found' | 'no-permissions' | 'blocked' | 'other';

/** A chat that failed, in the words of whoever refused it. */
export class ChatError extends Error {
  override readonly name = 'ChatError';

  constructor(
    readonly kind: ChatErrorKind,
    message: string,
    /** `code` of the error body, where there was one. */
    readonly code?: string,
  ) {
    super(message);
  }
}

const kinds: Partial<Record<ErrorCode, ChatErrorKind>> = {
  model_not_found: 'not-found',
  route_not_found: 'not-found',
  key_missing: 'no-permissions',
  key_invalid: 'no-permissions',
  key_expired: 'no-permissions',
  key_revoked: 'no-permissions',
  key_out_of_scope: 'no-permissions',
  host_not_allowed: 'no-permissions',
  origin_not_allowed: 'no-permissions',
  address_blocked: 'blocked',
  request_blocked: 'blocked',
  rate_limited: 'blocked',
  tokens_exhausted: 'blocked',
  too_many_concurrent: 'blocked',
};

/** For codes FLM does not know: an engine's own. */
const kindsByStatus: Readonly<Record<number, ChatErrorKind>> = {
  401: 'no-permissions',
  403: 'no-permissions',
  404: 'not-found',
  429: 'blocked',
};

/**
 * The error in an OpenAI-shaped body or event, `{"error": {"message", "code"}}`. `status` is the answer's, undefined
 * for an error that came in the middle of a stream.
 */
export function readChatError(body: unknown, status: number | undefined): ChatError | undefined {
  const error = fieldOf(body, 'error');
  if (error === undefined || error === null) return undefined;
  const message = typeof error === 'string' ? error : fieldOf(error, 'message');
  const code = fieldOf(error, 'code');
  const known = typeof code === 'string' ? kinds[code as ErrorCode] : undefined;
  const byStatus = status === undefined ? undefined : kindsByStatus[status];
  return new ChatError(
    known ?? byStatus ?? 'other',
    typeof message === 'string' && message !== '' ? message : `The model failed${httpStatus(status)}.`,
    typeof code === 'string' ? code : undefined,
  );
}

/** For an answer that is an error without saying so in JSON. */
export function statusError(status: number): ChatError {
  return new ChatError(kindsByStatus[status] ?? 'other', `The model's answer failed${httpStatus(status)}.`);
}

function httpStatus(status: number | undefined): string {
  return status === undefined ? '' : ` with HTTP ${String(status)}`;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
