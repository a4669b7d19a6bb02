import { JsonSyntaxError, scanJsonObject, type JsonMember, type Span } from './json-scanner';
import { openAiError, type OpenAiError } from './openai-error';

/** What routing needs of a request body. The bytes stay as the client wrote them. */
export interface InferenceBody {
  readonly bytes: Buffer;
  /** As asked for; undefined when absent or null. */
  readonly model: string | undefined;
  /** The value of `model` with its quotes, or `null`; undefined when absent. */
  readonly modelSpan: Span | undefined;
  readonly isStream: boolean;
  /** The members of the body, in their order. */
  readonly members: readonly JsonMember[];
}

export type ParsedBody =
  { readonly ok: true; readonly body: InferenceBody } | { readonly ok: false; readonly error: OpenAiError };

/** Members that decide where a request goes and how its answer is read. */
const routing = new Map([
  ['MODEL', 'model'],
  ['STREAM', 'stream'],
]);

/**
 * Reads `model` and `stream` of an inference request and checks that the whole is JSON, so that no engine sees what is
 * not (llama-server answers 500 to it).
 *
 * Engines must see the same `model` as FLM's rules do. A repeated member is therefore refused (parsers differ: first or
 * last wins), and so is one that differs in case only: Go's `encoding/json`, and with it Ollama, matches names whatever
 * their case, `ſ` (U+017F) for `s` included.
 *
 * @param streams whether a request without `stream` asks for a stream (Ollama's own API), or none ever does
 */
export function parseInferenceBody(
  bytes: Buffer,
  streams: 'by-request' | 'by-default' | 'never' = 'by-request',
): ParsedBody {
  if (bytes.length === 0) return refuse('invalid_json', 'The request has no body. Send a JSON object.');
  let members: readonly JsonMember[] | undefined;
  try {
    members = scanJsonObject(bytes);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return refuse('invalid_json', `The request body is not valid JSON: ${error.message}.`);
  }
  if (members === undefined) return refuse('invalid_request', 'The request body must be a JSON object.');

  const found = new Map<string, Span>();
  for (const { key, value } of members) {
    const name = memberName(bytes, key);
    const known = name === undefined ? undefined : routing.get(name.toUpperCase());
    if (known === undefined) continue;
    if (name !== known) return refuse('invalid_request', `Write '${known}' in lower case.`, known);
    if (found.has(known)) return refuse('invalid_request', `'${known}' appears more than once.`, known);
    found.set(known, value);
  }

  const modelSpan = found.get('model');
  const model = modelSpan === undefined ? null : valueAt(bytes, modelSpan);
  if (model !== null && typeof model !== 'string')
    return refuse('invalid_request', "'model' must be a string.", 'model');
  const streamSpan = found.get('stream');
  const asked = streamSpan === undefined ? undefined : bytes[streamSpan.start]; // valid JSON, so `t` means true
  const isSaid = asked === 0x74 || asked === 0x66;
  const isStream = streams !== 'never' && (isSaid ? asked === 0x74 : streams === 'by-default');
  return { ok: true, body: { bytes, model: model ?? undefined, modelSpan, isStream, members } };
}

/**
 * The body as the engine gets it: its own id of the model in the place of the one asked for, every other byte the same
 * (large numbers, white space, unknown members).
 */
export function withModel({ bytes, model, modelSpan, members }: InferenceBody, engineModelId: string): Buffer {
  if (model === engineModelId) return bytes;
  const json = JSON.stringify(engineModelId);
  if (modelSpan !== undefined) {
    return Buffer.concat([bytes.subarray(0, modelSpan.start), Buffer.from(json), bytes.subarray(modelSpan.end)]);
  }
  const open = bytes.indexOf(0x7b) + 1;
  const comma = members.length === 0 ? '' : ',';
  const member = Buffer.from(`"model":${json}${comma}`);
  return Buffer.concat([bytes.subarray(0, open), member, bytes.subarray(open)]);
}

/** With quotes: `model`, `stream`, and these with one or two letters of two bytes (`ſ`). Others need a look for escapes. */
const plainLengths: ReadonlySet<number> = new Set([7, 8, 9, 10]);

/** The name of a member if it is short enough to be one we look for. */
function memberName(bytes: Buffer, key: Span): string | undefined {
  const longest = 2 + 6 * 'stream'.length; // every letter may be written as \uXXXX
  const length = key.end - key.start;
  if (length > longest) return undefined;
  if (!plainLengths.has(length) && !hasEscape(bytes, key.start, key.end)) return undefined;
  const name = valueAt(bytes, key);
  return typeof name === 'string' ? name : undefined;
}

/** A parse only where there is more to do than to take the quotes off. */
function valueAt(bytes: Buffer, { start, end }: Span): unknown {
  const isPlain = bytes[start] === quote && end - start <= longestPlain && !hasEscape(bytes, start, end);
  return isPlain ? bytes.toString('utf8', start + 1, end - 1) : JSON.parse(bytes.toString('utf8', start, end));
}

const quote = 0x22;
const longestPlain = 256;

function hasEscape(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === 0x5c) return true;
  return false;
}

function refuse(
  code: 'invalid_json' | 'invalid_request',
  message: string,
  param: string | null = null,
): { ok: false; error: OpenAiError } {
  return { ok: false, error: openAiError(code, message, param) };
}
