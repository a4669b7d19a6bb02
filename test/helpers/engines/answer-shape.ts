import { sseObjects, type RawAnswer } from './recording';

/**
 * What a body consists of, without its values: the keys in order, and the kinds of the values. A stream gives the distinct shapes
 * of its objects in the order they came first; an error is compared word for word.
 */
export function shapeOfBody({ headers, body, status }: RawAnswer): unknown {
  const type = headers.get('content-type') ?? '';
  if (type.startsWith('text/event-stream')) return distinctShapes(sseObjects(body));
  if (type.startsWith('application/x-ndjson')) return distinctShapes(jsonLines(body));
  if (!type.startsWith('application/json') || body === '') return typeof body;
  const json: unknown = JSON.parse(body);
  return status < 400 ? shape(json) : withoutIds(json);
}

/** Headers whose values are the same in every run. */
export function fixedHeaders({ headers }: RawAnswer): object {
  return Object.fromEntries([...headers].filter(([name]) => name !== 'content-length' && name !== 'date'));
}

/** The recorded request; a body that was cut in the file gets the length it has now. */
export function wholeRequest(request = 'GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'): string {
  const [head = '', body = ''] = request.split('\r\n\r\n', 2);
  const text = body.replace(/ ?\S*\.\.\.\[\d+ bytes in all, cut in this file\]\.\.\.[^]*$/, '"}]}');
  if (text === body) return request;
  return `${head.replace(/Content-Length: \d+/, `Content-Length: ${Buffer.byteLength(text)}`)}\r\n\r\n${text}`;
}

function distinctShapes(objects: readonly unknown[]): string[] {
  return [...new Set(objects.map((data) => JSON.stringify(shape(data))))];
}

function jsonLines(body: string): unknown[] {
  return body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}

/** Objects whose content differs with the model or the build. */
const opaque = new Set([
  ...['generation_settings', 'params', 'chat_template_caps', 'ui_settings', 'meta', 'preset', 'model_info', 'schema'],
]);

function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])];
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, opaque.has(key) ? typeof inner : shape(inner)]),
  );
}

function withoutIds(error: unknown): unknown {
  const isObject = typeof error === 'object' && error !== null && 'request_id' in error;
  return isObject ? { ...error, request_id: typeof error.request_id } : error;
}
