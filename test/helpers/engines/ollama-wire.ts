import type { Exchange } from './exchange';

/** Go's HTTP server buffers so much of a body: what is shorter gets a Content-Length, the rest goes out in chunks. */
const goBufferBytes = 2048;

/** What gin writes itself: the native routes, and the middleware before the OpenAI and Anthropic ones. */
export const ginJson = { 'Content-Type': 'application/json; charset=utf-8' };

/** What the writers behind the OpenAI and Anthropic routes send: encoded by Go, with a line end. */
export const encodedJson = { 'Content-Type': 'application/json' };

/** Streams of `/v1/responses` and `/v1/messages` carry these, also where an error took their place. */
export const streamHints = { 'Cache-Control': 'no-cache', Connection: 'keep-alive' };

/** `c.JSON` of gin. */
export function sendGinJson(exchange: Exchange, status: number, body: unknown): Promise<void> {
  return sendGo(exchange, status, goText(body), ginJson);
}

/** Go's `json.NewEncoder(w).Encode`. */
export function sendEncoded(
  exchange: Exchange,
  status: number,
  body: unknown,
  more: { readonly headers?: Readonly<Record<string, string>>; readonly isFlushed?: boolean } = {},
): Promise<void> {
  return sendGo(exchange, status, `${goText(body)}\n`, { ...encodedJson, ...more.headers }, more.isFlushed);
}

/** Go escapes what could end a script in a page. */
function goText(body: unknown): string {
  return JSON.stringify(body).replace(
    /[<>&]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

async function sendGo(
  exchange: Exchange,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>>,
  isFlushed = false,
): Promise<void> {
  if (!isFlushed && Buffer.byteLength(text) <= goBufferBytes) {
    exchange.sendText(status, text, headers);
    return;
  }
  const writer = exchange.startBody(status, headers, {});
  await writer.write(text);
  await writer.end();
}

/** What Go's decoder says of a text that is no JSON. */
export function goSyntaxError(text: string): string {
  if (text.trim() === '') return 'EOF';
  try {
    JSON.parse(text);
    return '';
  } catch (error) {
    const said = error instanceof Error ? error.message : '';
    const at = Number(/position (\d+)/.exec(said)?.[1] ?? Number.NaN);
    const found = /Unexpected token '?(.)/.exec(said)?.[1] ?? text[at];
    if (found === undefined || at >= text.length || /end of JSON/.test(said)) return 'unexpected EOF';
    const wanted = /property name/.test(said) ? 'beginning of object key string' : 'beginning of value';
    return `invalid character '${found}' looking for ${wanted}`;
  }
}

type JsonKind = 'number' | 'string' | 'array' | 'object' | 'boolean';

/** What Go's decoder says of a member of another type than its struct wants; undefined when all fit. */
export function goTypeError(
  struct: string,
  body: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, readonly [kind: JsonKind, goType: string]>>,
): string | undefined {
  for (const [name, [kind, goType]] of Object.entries(fields)) {
    const value = body[name];
    if (value === undefined || value === null) continue;
    const found = Array.isArray(value) ? 'array' : typeof value;
    if (found === kind) continue;
    return `json: cannot unmarshal ${found === 'boolean' ? 'bool' : found} into Go struct field ${struct}.${name} of type ${goType}`;
  }
  return undefined;
}
