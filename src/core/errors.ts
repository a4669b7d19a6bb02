/**
 * Every way FLM refuses or fails, as stable codes. The code is the contract: clients, tests and the UI match on it and
 * never on the message.
 *
 * `status` is the HTTP status a client sees; `type` is OpenAI's `error.type`
 * (https://platform.openai.com/docs/guides/error-codes/api-errors).
 */
export const errorCodes = {
  invalid_request: { status: 400, type: 'invalid_request_error' },
  invalid_json: { status: 400, type: 'invalid_request_error' },
  model_missing: { status: 400, type: 'invalid_request_error' },
  context_length_exceeded: { status: 400, type: 'invalid_request_error' },
  key_missing: { status: 401, type: 'authentication_error' },
  key_invalid: { status: 401, type: 'authentication_error' },
  key_expired: { status: 401, type: 'authentication_error' },
  key_revoked: { status: 401, type: 'authentication_error' },
  key_out_of_scope: { status: 403, type: 'permission_error' },
  host_not_allowed: { status: 403, type: 'permission_error' },
  origin_not_allowed: { status: 403, type: 'permission_error' },
  address_blocked: { status: 403, type: 'permission_error' },
  engine_change_refused: { status: 403, type: 'permission_error' },
  request_blocked: { status: 403, type: 'permission_error' },
  route_not_found: { status: 404, type: 'invalid_request_error' },
  model_not_found: { status: 404, type: 'invalid_request_error' },
  method_not_allowed: { status: 405, type: 'invalid_request_error' },
  request_timeout: { status: 408, type: 'invalid_request_error' },
  body_too_large: { status: 413, type: 'invalid_request_error' },
  unsupported_media_type: { status: 415, type: 'invalid_request_error' },
  rate_limited: { status: 429, type: 'rate_limit_error' },
  tokens_exhausted: { status: 429, type: 'rate_limit_error' },
  too_many_concurrent: { status: 429, type: 'rate_limit_error' },
  internal_error: { status: 500, type: 'server_error' },
  not_supported: { status: 501, type: 'server_error' },
  engine_error: { status: 502, type: 'server_error' },
  engine_unreachable: { status: 502, type: 'server_error' },
  engine_stream_broken: { status: 502, type: 'server_error' },
  engine_needs_key: { status: 502, type: 'server_error' },
  engine_busy: { status: 503, type: 'server_error' },
  /** Its connections failed several times in a row; it is not asked for a moment. */
  engine_unavailable: { status: 503, type: 'server_error' },
  engine_loading: { status: 503, type: 'server_error' },
  gateway_stopping: { status: 503, type: 'server_error' },
  machine_overloaded: { status: 503, type: 'server_error' },
  connect_timeout: { status: 504, type: 'server_error' },
  first_byte_timeout: { status: 504, type: 'server_error' },
  idle_timeout: { status: 504, type: 'server_error' },

  // Not seen over HTTP: RPC, storage, configuration.
  config_invalid: { status: 400, type: 'invalid_request_error' },
  not_found: { status: 404, type: 'invalid_request_error' },
  port_in_use: { status: 500, type: 'server_error' },
  exposure_refused: { status: 403, type: 'permission_error' },
  version_mismatch: { status: 409, type: 'server_error' },
  storage_failed: { status: 500, type: 'server_error' },
  cancelled: { status: 499, type: 'server_error' },
} as const satisfies Record<string, { status: number; type: string }>;

export type ErrorCode = keyof typeof errorCodes;

/** The one error class of FLM. Test with {@link FlmError.is}, never by message. */
export class FlmError extends Error {
  override readonly name = 'FlmError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  get status(): number {
    return errorCodes[this.code].status;
  }

  static is<C extends ErrorCode = ErrorCode>(error: unknown, code?: C): error is FlmError & { readonly code: C } {
    return error instanceof FlmError && (code === undefined || error.code === code);
  }
}

/** What an unknown thrown value says, for logs. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
