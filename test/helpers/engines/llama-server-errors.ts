import type { Exchange } from './exchange';

const types: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  500: 'server_error',
  501: 'not_supported_error',
  503: 'unavailable_error',
};

export const llamaJson = { 'Content-Type': 'application/json; charset=utf-8' };

/** An error in llama-server's wording. The order of the fields differs between its two error paths, as recorded. */
export function llamaError(
  status: number,
  message: string,
  more: { type?: string; [field: string]: unknown } = {},
): object {
  const { type, ...rest } = more;
  return { error: { code: status, message, type: type ?? types[status] ?? 'server_error', ...rest } };
}

export function sendLlamaError(
  exchange: Exchange,
  status: number,
  message: string,
  more: { type?: string; [field: string]: unknown } = {},
): void {
  exchange.sendJson(status, llamaError(status, message, more), llamaJson);
}

/** Errors of the HTTP layer itself: loading, unknown path, wrong key. */
export function sendLlamaHttpError(exchange: Exchange, status: 401 | 404 | 503, message: string): void {
  exchange.sendJson(status, { error: { message, type: types[status], code: status } }, llamaJson);
}

/** How nlohmann::json words a body that is not JSON. */
export function jsonParseError(text: string): string {
  const head = '[json.exception.parse_error.101] parse error at line 1, column';
  if (text === '') {
    return `${head} 1: attempting to parse an empty input; check that your input string or stream contains the expected JSON`;
  }
  return `${head} ${text.length + 1}: syntax error while parsing value - unexpected end of input; expected '[', '{', or a literal`;
}
