import { withoutInternals } from './engine-words';
import { parseData, readBlock, unreadable, type EventBlock } from './event-block';
import { isJsonObject, mapItems, type JsonObject } from './repairs/json-object';

/** Longest text of an error passed on, as in whole error answers. */
const maxText = 2000;

/** Members of an error are not nested deeper by any engine; what is, could overflow the stack of who reads it. */
const maxDepth = 16;

/** The model's words, which are nobody's internals. */
const modelsWords: ReadonlySet<string> = new Set(['choices', 'content', 'response', 'thinking', 'delta', 'output']);

/** Ends of «error» and «exception», however they begin. Inside JSON text as anywhere else. */
const signs = [Buffer.from('rror'), Buffer.from('xception')] as const;

/**
 * Whether bytes may tell of an error. A search, no parse: 0.2 µs for a chunk of one token (measured). Answers *about* errors are hits
 * too, and only cost the look that shows it.
 */
export function mayTellError(bytes: Buffer): boolean {
  return signs.some((sign) => bytes.includes(sign));
}

/**
 * An event of a stream as it may go to a client: an engine's account of its own failure without its stack, addresses,
 * files and keys, as in whole error answers ({@link withoutInternals}); its shape stays. The same bytes when it tells of
 * none.
 */
export function redactedEvent(bytes: Buffer): Buffer {
  if (!mayTellError(bytes)) return bytes;
  const block = readBlock(bytes);
  const told = block.lines.map((line) => (line === '' || isData(line) ? line : redactedLine(line)));
  const data = redactedData(block);
  const isSame = data === undefined && told.every((line, at) => line === block.lines[at]);
  if (isSame) return bytes;
  const lines = data === undefined ? told : [...told.filter((line) => line !== '' && !isData(line)), ...data];
  const said = lines.filter((line) => line !== '').join('\n');
  return Buffer.from(block.isOpen ? said : `${said}\n\n`);
}

/** The same for one line of NDJSON. */
export function redactedJsonLine(bytes: Buffer): Buffer {
  if (!mayTellError(bytes)) return bytes;
  const text = bytes.toString('utf8');
  const told = redactedText(text.trimEnd())?.replaceAll('\n', ' ');
  return told === undefined ? bytes : Buffer.from(text.endsWith('\n') ? `${told}\n` : told);
}

/** An event without internals; the same object when it tells of no error. */
export function redactedObject(event: JsonObject): JsonObject {
  let told = event;
  if (isOwnError(event)) {
    told = Object.fromEntries(
      Object.entries(event).map(([name, value]) => [name, modelsWords.has(name) ? value : redactedValue(value)]),
    );
  }
  const { response, choices } = told;
  if (isJsonObject(response) && isSaid(response.error)) {
    told = { ...told, response: { ...response, error: redactedValue(response.error) } };
  }
  if (!Array.isArray(choices)) return told;
  const next = mapItems(choices, (choice) =>
    isJsonObject(choice) && isSaid(choice.error) ? { ...choice, error: redactedValue(choice.error) } : choice,
  );
  return next === choices ? told : { ...told, choices: next };
}

/** `{"error":…}`, `{"type":"error",…}` (Anthropic, Responses), `{"object":"error",…}` (old vLLM), `{"detail":…}` (FastAPI). */
function isOwnError({ error, type, object, detail, choices }: JsonObject): boolean {
  return isSaid(error) || type === 'error' || object === 'error' || (isSaid(detail) && choices === undefined);
}

function isSaid(value: unknown): boolean {
  return typeof value === 'string' ? value !== '' : typeof value === 'object' && value !== null;
}

function redactedValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactedWords(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === maxDepth) return null;
  if (Array.isArray(value)) return value.map((item) => redactedValue(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, redactedValue(item, depth + 1)]));
}

function redactedWords(text: string): string {
  return text === '' ? '' : withoutInternals(text.slice(0, maxText));
}

/** Data lines to send instead; undefined: as they are. */
function redactedData({ data }: EventBlock): readonly string[] | undefined {
  if (data === undefined) return undefined;
  return redactedText(data)
    ?.split('\n')
    .map((line) => `data: ${line}`);
}

/** Undefined: nothing to leave out. */
function redactedText(text: string): string | undefined {
  const parsed = parseData(text);
  if (parsed === undefined) return undefined;
  if (parsed === unreadable) return redactedProse(text);
  const told = redactedObject(parsed);
  if (told === parsed) return undefined;
  const written = JSON.stringify(told);
  return written === JSON.stringify(parsed) ? undefined : written;
}

/** Text that is no JSON, or JSON that broke off, whose escapes would hide paths. Undefined: nothing to leave out. */
function redactedProse(text: string): string | undefined {
  const plain = text
    .slice(0, maxText)
    .replace(/\\(["\\/])/g, '$1')
    .replace(/\\n/g, '\n');
  const told = withoutInternals(plain);
  return told === plain && text.length <= maxText ? undefined : told;
}

/** A comment, or a field other than `data`: llama-server's old `error: {…}`, a stack without any field. */
function redactedLine(line: string): string {
  const colon = line.indexOf(':');
  const value = line.slice(colon + 1).trim();
  const parsed = colon > 0 ? parseData(value) : undefined;
  if (typeof parsed === 'object') {
    const told = JSON.stringify(redactedValue(parsed));
    return told === JSON.stringify(parsed) ? line : `${line.slice(0, colon)}: ${told}`;
  }
  return redactedProse(line)?.replaceAll('\n', ' ') ?? line;
}

function isData(line: string): boolean {
  return /^\ufeff?data(:|$)/.test(line);
}
