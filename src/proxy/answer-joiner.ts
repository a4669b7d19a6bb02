import { isJsonObject as isObject } from './repairs/json-object';

type JsonObject = Record<string, unknown>;

const isJsonObject = (value: unknown): value is JsonObject => isObject(value);

/** Members of a chunk's delta that are texts in pieces. */
const texts = ['content', 'reasoning_content', 'reasoning', 'refusal'];

interface JoinedChoice {
  finish_reason: unknown;
  readonly index: number;
  text?: string;
  message?: JsonObject & { tool_calls?: JsonObject[] };
  logprobs?: unknown;
}

/** Members of the answer in llama-server's order; others follow. */
const order = ['choices', 'created', 'model', 'system_fingerprint', 'object', 'usage', 'id', 'timings'];

/** About a stream, not of the answer. */
const streamOnly: ReadonlySet<string> = new Set(['choices', 'object', 'prompt_progress']);

/**
 * Puts the chunks of a streamed chat or text completion together into the whole answer, with every member the engine
 * sent: usage, timings, tool calls, logprobs, reasons. Pure; holds the answer and nothing else.
 */
export class AnswerJoiner {
  readonly #members: JsonObject = {};
  readonly #choices = new Map<number, JoinedChoice>();
  #object = '';

  /** Every choice has its end. */
  get isComplete(): boolean {
    const choices = [...this.#choices.values()];
    return choices.length > 0 && choices.every((choice) => choice.finish_reason !== null);
  }

  add(chunk: JsonObject): void {
    for (const [name, value] of Object.entries(chunk)) {
      if (!streamOnly.has(name) && value !== null) this.#members[name] = value; // the last word counts
    }
    if (typeof chunk.object === 'string') this.#object = chunk.object;
    if (!Array.isArray(chunk.choices)) return;
    for (const choice of chunk.choices) if (isJsonObject(choice)) this.#addChoice(choice);
  }

  answer(): JsonObject {
    const choices = [...this.#choices.values()].sort((a, b) => a.index - b.index);
    const all: JsonObject = {
      ...this.#members,
      choices,
      object: this.#object === 'chat.completion.chunk' ? 'chat.completion' : this.#object,
    };
    const names = [...order.filter((name) => name in all), ...Object.keys(all).filter((name) => !order.includes(name))];
    return Object.fromEntries(names.map((name) => [name, all[name]]));
  }

  #addChoice(chunk: JsonObject): void {
    const index = typeof chunk.index === 'number' ? chunk.index : 0;
    let choice = this.#choices.get(index);
    if (choice === undefined) {
      const body = 'delta' in chunk ? { message: { role: 'assistant', content: '' } } : { text: '' };
      choice =
        'delta' in chunk
          ? { finish_reason: null, index, ...body }
          : { ...body, index, logprobs: null, finish_reason: null };
      this.#choices.set(index, choice);
    }
    if (chunk.finish_reason !== undefined && chunk.finish_reason !== null) choice.finish_reason = chunk.finish_reason;
    if (typeof chunk.text === 'string') choice.text = (choice.text ?? '') + chunk.text;
    if (isJsonObject(chunk.logprobs)) choice.logprobs = joinLists(choice.logprobs, chunk.logprobs);
    if (isJsonObject(chunk.delta) && choice.message !== undefined) addDelta(choice.message, chunk.delta);
  }
}

function addDelta(message: JsonObject & { tool_calls?: JsonObject[] }, delta: JsonObject): void {
  for (const [name, value] of Object.entries(delta)) {
    if (value === null) continue;
    if (name === 'tool_calls') addCalls((message.tool_calls ??= []), value);
    else if (texts.includes(name) && typeof value === 'string') message[name] = textOf(message[name]) + value;
    else message[name] = value;
  }
}

/** Fragments of calls, by their index; arguments are texts in pieces. */
function addCalls(calls: JsonObject[], fragments: unknown): void {
  if (!Array.isArray(fragments)) return;
  for (const fragment of fragments) {
    if (!isJsonObject(fragment)) continue;
    const index = typeof fragment.index === 'number' ? fragment.index : calls.length;
    const called = isJsonObject(fragment.function) ? fragment.function : {};
    const known = calls[index];
    if (known === undefined) {
      const { name = '' } = called;
      calls[index] = {
        type: fragment.type ?? 'function',
        function: { name, arguments: textOf(called.arguments) },
        id: fragment.id ?? '',
      };
    } else if (isJsonObject(known.function)) {
      known.function.arguments = textOf(known.function.arguments) + textOf(called.arguments);
    }
  }
}

/** Lists of the same name, one after the other. */
function joinLists(known: unknown, more: JsonObject): JsonObject {
  const joined: JsonObject = isJsonObject(known) ? known : {};
  for (const [name, value] of Object.entries(more)) {
    const before = joined[name];
    joined[name] =
      Array.isArray(before) && Array.isArray(value) ? [...(before as unknown[]), ...(value as unknown[])] : value;
  }
  return joined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
