import type { OpenAiError } from '../../openai-error';
import { choicesOf } from '../../repairs/choices';
import { isJsonObject, type JsonObject } from '../../repairs/json-object';
import { argumentsText, callsOf, functionOf, reasoningOf, saidText } from '../chat-parts';
import type { StreamTranslator } from '../dialect';
import { namedEvent } from '../named-event';
import { responseErrorEvent } from './response-errors';
import {
  callItem,
  ended,
  idOf,
  messageItem,
  reasoningItem,
  reasoningPart,
  responseObject,
  textPart,
  type ResponseFacts,
} from './response-object';
import { customText, type ToolOrigin } from './tool-origins';

/** One item of the output while it grows. */
interface Item {
  readonly kind: 'reasoning' | 'message' | 'call';
  readonly at: number;
  readonly id: string;
  callId: string;
  name: string;
  origin: ToolOrigin | undefined;
  text: string;
  isOpen: boolean;
  /** Something came after its end was told. */
  isStale: boolean;
}

/**
 * Chat chunks as the events of the Responses API: `response.created`, then items one after another with their parts and
 * deltas, then `response.completed` or `response.incomplete` with the whole response. Events are numbered without gaps.
 */
export class ResponseStream implements StreamTranslator {
  readonly #facts: ResponseFacts;
  readonly #items: Item[] = [];
  readonly #calls = new Map<number, Item>();
  #out = '';
  #sequence = 0;
  #head: JsonObject | undefined;
  #finishReason: unknown;
  #usage: unknown;

  constructor(facts: ResponseFacts) {
    this.#facts = facts;
  }

  chunk(chunk: JsonObject): string {
    if (isJsonObject(chunk.usage)) this.#usage = chunk.usage;
    this.#start(chunk);
    const choice = choicesOf(chunk)[0];
    if (choice !== undefined) this.#choice(choice);
    return this.#take();
  }

  end(): string {
    const head = this.#start({});
    for (const item of this.#items) this.#close(item);
    const result = ended(this.#finishReason, this.#items.map(finished), this.#usage);
    this.#say(`response.${String(result.status)}`, { response: responseObject(this.#facts, head, result) });
    return this.#take();
  }

  error(error: OpenAiError): string {
    return responseErrorEvent(error, this.#sequence++);
  }

  #choice(choice: JsonObject): void {
    if (typeof choice.finish_reason === 'string') this.#finishReason = choice.finish_reason;
    const delta = isJsonObject(choice.delta) ? choice.delta : {};
    const [thought, text] = [reasoningOf(delta), saidText(delta)];
    if (thought !== '') this.#grow(this.#current('reasoning'), thought);
    if (text !== '') this.#grow(this.#current('message'), text);
    callsOf(delta).forEach((piece, at) => this.#callPiece(piece, at));
  }

  #callPiece(piece: JsonObject, at: number): void {
    const index = typeof piece.index === 'number' ? piece.index : at;
    const called = functionOf(piece);
    let item = this.#calls.get(index);
    if (item === undefined) {
      const callId = typeof piece.id === 'string' ? piece.id : '';
      item = this.#open('call', callId, typeof called.name === 'string' ? called.name : '');
      this.#calls.set(index, item);
    } else if (item.name === '' && typeof called.name === 'string') {
      item.name = called.name;
      item.origin = this.#facts.origins.get(called.name);
    }
    const text = argumentsText(called.arguments);
    if (text !== '') this.#grow(item, text);
  }

  /** The last item if it is of this kind, else a new one. */
  #current(kind: 'reasoning' | 'message'): Item {
    const last = this.#items.at(-1);
    return last?.kind === kind ? last : this.#open(kind);
  }

  #open(kind: Item['kind'], callId = '', name = ''): Item {
    const before = this.#items.at(-1);
    if (before !== undefined) this.#close(before);
    const at = this.#items.length;
    const id = idOf(prefixes[kind], this.#facts, at);
    const known = callId === '' ? idOf('call', this.#facts, at) : callId;
    const origin = this.#facts.origins.get(name);
    const item: Item = { kind, at, id, callId: known, name, origin, text: '', isOpen: true, isStale: false };
    this.#items.push(item);
    this.#say('response.output_item.added', { output_index: at, item: begun(item) });
    const part = parts[kind]?.('');
    if (part !== undefined) this.#sayOf(item, 'response.content_part.added', { content_index: 0, part });
    return item;
  }

  #grow(item: Item, delta: string): void {
    item.text += delta;
    item.isStale = !item.isOpen;
    if (item.origin?.type === 'custom') return; // its text is inside JSON that is not whole yet
    const more = { ...places[item.kind], delta };
    this.#sayOf(item, `${names[item.kind]}.delta`, more);
  }

  #close(item: Item): void {
    if (!item.isOpen && !item.isStale) return;
    const isFirst = item.isOpen;
    item.isOpen = false;
    item.isStale = false;
    const { kind, text, name } = item;
    if (item.origin?.type === 'custom') {
      const input = customText(text);
      this.#sayOf(item, 'response.custom_tool_call_input.delta', { delta: input });
      this.#sayOf(item, 'response.custom_tool_call_input.done', { input });
    } else {
      const whole = kind === 'call' ? { arguments: text, name: item.origin?.name ?? name } : { ...places[kind], text };
      this.#sayOf(item, `${names[kind]}.done`, whole);
    }
    const part = parts[kind]?.(text);
    if (part !== undefined && isFirst) this.#sayOf(item, 'response.content_part.done', { content_index: 0, part });
    this.#say('response.output_item.done', { output_index: item.at, item: finished(item) });
  }

  #start(chunk: JsonObject): JsonObject {
    if (this.#head !== undefined) return this.#head;
    this.#head = { model: chunk.model };
    const response = responseObject(this.#facts, this.#head, {});
    this.#say('response.created', { response });
    this.#say('response.in_progress', { response });
    return this.#head;
  }

  #sayOf({ id, at }: Item, type: string, data: JsonObject): void {
    this.#say(type, { item_id: id, output_index: at, ...data });
  }

  #say(type: string, data: JsonObject): void {
    this.#out += namedEvent(type, { type, sequence_number: this.#sequence++, ...data });
  }

  #take(): string {
    const out = this.#out;
    this.#out = '';
    return out;
  }
}

const prefixes = { reasoning: 'rs', message: 'msg', call: 'fc' } as const;

const names = {
  reasoning: 'response.reasoning_text',
  message: 'response.output_text',
  call: 'response.function_call_arguments',
} as const;

const places: Readonly<Record<Item['kind'], JsonObject>> = {
  reasoning: { content_index: 0 },
  message: { content_index: 0, logprobs: [] },
  call: {},
};

/** Calls have no parts. */
const parts: Readonly<Partial<Record<Item['kind'], (text: string) => JsonObject>>> = {
  reasoning: reasoningPart,
  message: textPart,
};

function begun(item: Item): JsonObject {
  const { kind, id } = item;
  if (kind === 'call') return callItem({ ...item, text: '' }, 'in_progress');
  if (kind === 'message') return { ...messageItem(id, '', 'in_progress'), content: [] };
  return { ...reasoningItem(id, ''), status: 'in_progress', content: [] };
}

function finished(item: Item): JsonObject {
  const { kind, id, text } = item;
  if (kind === 'call') return callItem(item);
  return kind === 'message' ? messageItem(id, text) : reasoningItem(id, text);
}
