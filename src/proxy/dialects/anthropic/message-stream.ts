import { choicesOf } from '../../repairs/choices';
import { isJsonObject, type JsonObject } from '../../repairs/json-object';
import type { StreamTranslator } from '../dialect';
import { namedEvent } from '../named-event';
import { argumentsText, callsOf, functionOf, reasoningOf, saidText } from '../chat-parts';
import { callId, messageHead, messageUsage, signature, stopMembers, type MessageFacts } from './answer-parts';

type BlockKind = 'thinking' | 'text' | 'tool_use';

/** A call whose block has begun, or whose name is still to come. */
interface Call {
  /** Of its block; undefined until it has begun. */
  block: number | undefined;
  name: string;
  id: unknown;
  /** Arguments that came before the name. */
  held: string;
}

/**
 * Chat chunks as the events of the Messages API: `message_start`, then blocks one after another (a thought, a text, each
 * tool call), `message_delta` with stop reason and usage, `message_stop`.
 *
 * A piece of a call whose block is already closed still goes to that block: clients find it by its number, and no word
 * is lost. The prompt's tokens are known only at the end, so `message_start` says 0 and `message_delta` the truth.
 */
export class MessageStream implements StreamTranslator {
  readonly #facts: MessageFacts;
  readonly #calls = new Map<number, Call>();
  #out = '';
  #hasStarted = false;
  #blocks = 0;
  #open: BlockKind | undefined;
  #last: JsonObject = {};
  #usage: unknown;

  constructor(facts: MessageFacts) {
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
    this.#start({});
    for (const call of this.#calls.values()) if (call.block === undefined) this.#begin(call);
    this.#close();
    const usage = messageUsage(this.#usage);
    const delta = stopMembers(this.#last, this.#calls.size > 0, this.#facts);
    this.#say('message_delta', { delta, usage });
    this.#say('message_stop', {});
    return this.#take();
  }

  #choice(choice: JsonObject): void {
    if (typeof choice.finish_reason === 'string') this.#last = choice;
    const delta = isJsonObject(choice.delta) ? choice.delta : {};
    const [thinking, text] = [reasoningOf(delta), saidText(delta)];
    if (thinking !== '') this.#piece('thinking', { type: 'thinking_delta', thinking });
    if (text !== '') this.#piece('text', { type: 'text_delta', text });
    callsOf(delta).forEach((piece, at) => this.#callPiece(piece, at));
  }

  #piece(kind: 'thinking' | 'text', delta: JsonObject): void {
    if (this.#open !== kind) {
      this.#close();
      this.#openBlock(
        kind,
        kind === 'text' ? { type: 'text', text: '' } : { type: 'thinking', thinking: '', signature: '' },
      );
    }
    this.#delta(this.#blocks - 1, delta);
  }

  #callPiece(piece: JsonObject, at: number): void {
    const index = typeof piece.index === 'number' ? piece.index : at;
    const called = functionOf(piece);
    const call = this.#calls.get(index) ?? { block: undefined, name: '', id: undefined, held: '' };
    this.#calls.set(index, call);
    call.id ??= piece.id;
    if (call.name === '' && typeof called.name === 'string') call.name = called.name;
    const text = argumentsText(called.arguments);
    if (call.block === undefined) {
      call.held += text;
      if (call.name !== '') this.#begin(call);
    } else this.#arguments(call.block, text);
  }

  #begin(call: Call): void {
    this.#close();
    const id = callId(call.id, this.#facts, this.#blocks);
    call.block = this.#blocks;
    this.#openBlock('tool_use', { type: 'tool_use', id, name: call.name, input: {} });
    this.#arguments(call.block, call.held);
    call.held = '';
  }

  #arguments(block: number, text: string): void {
    if (text !== '') this.#delta(block, { type: 'input_json_delta', partial_json: text });
  }

  #start(chunk: JsonObject): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    const message = {
      ...messageHead(this.#facts, chunk),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: messageUsage(undefined),
    };
    this.#say('message_start', { message });
  }

  #openBlock(kind: BlockKind, block: JsonObject): void {
    this.#open = kind;
    this.#say('content_block_start', { index: this.#blocks, content_block: block });
    this.#blocks++;
  }

  #close(): void {
    if (this.#open === undefined) return;
    const index = this.#blocks - 1;
    if (this.#open === 'thinking') this.#delta(index, { type: 'signature_delta', signature });
    this.#say('content_block_stop', { index });
    this.#open = undefined;
  }

  #delta(index: number, delta: JsonObject): void {
    this.#say('content_block_delta', { index, delta });
  }

  #say(type: string, data: JsonObject): void {
    this.#out += namedEvent(type, { type, ...data });
  }

  #take(): string {
    const out = this.#out;
    this.#out = '';
    return out;
  }
}
