import { isJsonObject, type JsonObject } from './repairs/json-object';

const lineEnds = /\r\n|\n|\r/;

/** One event of a stream, its lines told apart (WHATWG HTML §9.2.6). */
export interface EventBlock {
  readonly lines: readonly string[];
  /** Its closing blank line is missing: the stream ended in it. */
  readonly isOpen: boolean;
  /** Data lines, joined; undefined without one. */
  readonly data: string | undefined;
  /** `event: NAME` */
  readonly name: string | undefined;
  /** llama-server's old `error: {…}` */
  readonly error: string | undefined;
}

export function readBlock(bytes: Buffer): EventBlock {
  const lines = bytes.toString('utf8').split(lineEnds);
  let data: string | undefined;
  let name: string | undefined;
  let error: string | undefined;
  lines.forEach((line, at) => {
    const plain = at === 0 && line.startsWith('\ufeff') ? line.slice(1) : line;
    const colon = plain.indexOf(':');
    if (colon <= 0) return;
    const field = plain.slice(0, colon);
    const value = plain.slice(plain[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') data = data === undefined ? value : `${data}\n${value}`;
    else if (field === 'event') name = value;
    else if (field === 'error') error = value;
  });
  return { lines, isOpen: lines.at(-1) !== '' || lines.at(-2) !== '', data, name, error };
}

/** The end of a stream of OpenAI's; its clients too read no further than this. */
export function isDoneMark(data: string | undefined): boolean {
  return data?.startsWith('[DONE]') === true;
}

/** A block that says nothing but that the engine is still there. */
export function isComment({ lines }: EventBlock): boolean {
  return lines.some((line) => line.startsWith(':')) && lines.every((line) => line === '' || line.startsWith(':'));
}

/** What is said under names of their own is no chunk: OpenAI's events have none. */
const chunkNames: ReadonlySet<string | undefined> = new Set([undefined, '', 'message', 'error', 'data']);

/**
 * Whether a piece of the answer is lost with an event that was not read as a chunk. Nothing is lost with
 * - comments, and lines of an event that carry no data (`id:`, `retry:`, an empty `data:`): they say nothing
 * - events with a name of their own (`event: ping`): vendors' signs of life, passed over by OpenAI's clients too
 * - JSON that is no object (`null`, `[]`, `"ping"`): no chunk has ever had that form
 */
export function isGap({ data, name }: EventBlock, parsed: ParsedData): boolean {
  return data !== undefined && data.trim() !== '' && parsed === unreadable && chunkNames.has(name);
}

/** Data that is no JSON, or so deeply nested that it cannot be written again. */
export const unreadable = Symbol('unreadable');

/** An object, `undefined` for JSON of another form or no data at all, or {@link unreadable}. */
export type ParsedData = JsonObject | undefined | typeof unreadable;

export function parseData(data: string | undefined): ParsedData {
  if (data === undefined || data === '') return undefined;
  try {
    const value: unknown = JSON.parse(data);
    if (data.length > maxDepth && isTooDeep(value, 0)) return unreadable;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return unreadable;
  }
}

/** `JSON.parse` takes any depth, `JSON.stringify` overflows the stack at 4,000 levels (measured, Node 22). */
const maxDepth = 1000;

function isTooDeep(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === maxDepth) return true;
  return Object.values(value).some((item) => isTooDeep(item, depth + 1));
}
