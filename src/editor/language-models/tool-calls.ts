import { ChatError } from './chat-error';

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: object;
}

interface PendingCall {
  index: number | undefined;
  id: string | undefined;
  name: string;
  json: string;
}

/** More calls in one answer than any model makes; keeps a broken stream from filling memory. */
const maxCalls = 128;
const maxArgumentChars = 4_000_000;

/**
 * Puts tool calls together from the fragments of a stream. Lenient where engines differ: the index may be missing or
 * always 0 (ollama#7881), ids may be missing, arguments may come as an object.
 */
export class ToolCalls {
  readonly #newId: () => string;
  #calls: PendingCall[] = [];

  constructor(newId: () => string) {
    this.#newId = newId;
  }

  /** `delta.tool_calls` of one chunk; anything else is passed over. */
  push(fragments: unknown): void {
    if (!Array.isArray(fragments)) return;
    for (const fragment of fragments) {
      if (typeof fragment === 'object' && fragment !== null) this.#add(fragment as Record<string, unknown>);
    }
  }

  /**
   * All calls so far, which are forgotten. Throws ChatError when a call has no name or its arguments are no JSON object:
   * a tool must not run on half an input.
   */
  take(): readonly ToolCall[] {
    const calls = this.#calls;
    this.#calls = [];
    return calls.map(({ id, name, json }) => {
      if (name === '') throw new ChatError('other', 'The model called a tool without saying which.');
      return { id: id ?? this.#newId(), name, input: parseInput(name, json) };
    });
  }

  #add(fragment: Record<string, unknown>): void {
    const index = typeof fragment.index === 'number' ? fragment.index : undefined;
    const id = typeof fragment.id === 'string' && fragment.id !== '' ? fragment.id : undefined;
    const part = (typeof fragment.function === 'object' ? fragment.function : null) as Record<string, unknown> | null;
    const name = typeof part?.name === 'string' ? part.name : '';
    const call = this.#callFor(index, id, name);
    call.id ??= id;
    // Some engines repeat the name in every fragment.
    if (call.name === '') call.name = name;
    call.json += argumentsText(part?.arguments);
    if (call.json.length > maxArgumentChars)
      throw new ChatError('other', 'The model called a tool with too much input.');
  }

  #callFor(index: number | undefined, id: string | undefined, name: string): PendingCall {
    const last = this.#calls.at(-1);
    const same = index === undefined ? last : this.#calls.findLast((call) => call.index === index);
    const isOther = id !== undefined && same?.id !== undefined && same.id !== id;
    // Without index and id, a name after a finished input begins the next call.
    const beginsAnew = index === undefined && id === undefined && name !== '' && isJson(same?.json);
    if (same !== undefined && !isOther && !beginsAnew) return same;
    if (this.#calls.length >= maxCalls) throw new ChatError('other', 'The model called too many tools at once.');
    const call: PendingCall = { index, id, name: '', json: '' };
    this.#calls.push(call);
    return call;
  }
}

function argumentsText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : '';
}

function parseInput(name: string, json: string): object {
  // A call without arguments; llama.cpp and vLLM send nothing then.
  if (json.trim() === '') return {};
  let input: unknown;
  try {
    input = JSON.parse(json);
  } catch {
    input = undefined;
  }
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input;
  throw new ChatError('other', `The model called ${name} with arguments that are not a JSON object.`);
}

function isJson(text: string | undefined): boolean {
  if (text === undefined || text === '') return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
