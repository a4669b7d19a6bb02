import { isJsonObject, type JsonObject } from '../../repairs/json-object';
import { readUsage, type Usage } from '../../usage';
import type { StreamTranslator, TranslationContext } from '../dialect';
import { CalledTools } from './called-tools';

/** One piece of an answer. */
export interface Piece {
  readonly text: string;
  readonly thinking?: string;
  readonly calls?: readonly JsonObject[];
}

/** What the answer of one request looks like. */
export interface AnswerForm {
  /** As the client named it. */
  readonly model: string;
  readonly context: TranslationContext;
  /** The members that carry a piece: they differ between chat and generate. */
  readonly piece: (piece: Piece) => JsonObject;
  /** The client asked for no thinking: what the engine thinks all the same is left out. */
  readonly hidesThinking: boolean;
  /** The request only loads the model: what the engine says is left out. */
  readonly isLoad: boolean;
}

/** Chunks in OpenAI's form in, lines of Ollama's native API out: pieces as they come, the tool calls whole, the totals. */
export class OllamaLines implements StreamTranslator {
  readonly #form: AnswerForm;
  readonly #tools = new CalledTools();
  #usage: Usage | undefined;
  #timings: unknown;
  #finishReason: unknown;
  #firstAt: number | undefined;

  constructor(form: AnswerForm) {
    this.#form = form;
  }

  chunk(chunk: JsonObject): string {
    this.#usage = readUsage(chunk.usage) ?? this.#usage;
    this.#timings = chunk.timings ?? this.#timings;
    const choice = firstChoice(chunk);
    if (choice === undefined) return '';
    this.#firstAt ??= this.#form.context.elapsedMs();
    this.#finishReason = choice.finish_reason ?? this.#finishReason;
    const delta = isJsonObject(choice.delta) ? choice.delta : choice;
    this.#tools.add(delta.tool_calls);
    const piece = pieceOf(delta, this.#form);
    if (this.#form.isLoad || (piece.text === '' && piece.thinking === undefined)) return '';
    return this.#line({ ...this.#form.piece(piece), ...logprobsOf(choice), done: false });
  }

  end(): string {
    const { calls, text } = this.#tools.told();
    const hasMore = !this.#form.isLoad && (calls.length > 0 || text !== '');
    const before = hasMore ? this.#line({ ...this.#form.piece({ text, calls }), done: false }) : '';
    const last = lastMembers(this.#form, this.#finishReason, this.#usage, this.#timings, this.#firstAt);
    return before + this.#line({ ...this.#form.piece({ text: '' }), ...last });
  }

  #line(members: JsonObject): string {
    return `${JSON.stringify({ ...headOf(this.#form), ...members })}\n`;
  }
}

/** A whole answer in OpenAI's form as Ollama's native API tells it; undefined when it is none. */
export function ollamaAnswer(answer: JsonObject, form: AnswerForm): JsonObject | undefined {
  const choice = firstChoice(answer);
  if (choice === undefined) return undefined;
  const message = isJsonObject(choice.message) ? choice.message : choice;
  const tools = new CalledTools();
  tools.add(message.tool_calls);
  const { calls, text } = tools.told();
  const piece = pieceOf(message, form);
  const told = form.isLoad ? { text: '' } : { ...piece, text: piece.text + text, calls };
  const last = lastMembers(form, choice.finish_reason, readUsage(answer.usage), answer.timings, undefined);
  return { ...headOf(form), ...form.piece(told), ...logprobsOf(choice), ...last };
}

/** The answer to a request that only loads a model, where there is nothing to load. */
export function loadedAnswer(model: string, piece: AnswerForm['piece'], receivedAt: number): JsonObject {
  const created_at = new Date(receivedAt).toISOString();
  return { model, created_at, ...piece({ text: '' }), done: true, done_reason: 'load' };
}

/** Milliseconds as Ollama tells durations. */
export function nanoseconds(ms: number): number {
  return Math.round(ms * 1e6);
}

function headOf({ model, context }: AnswerForm): JsonObject {
  return { model, created_at: new Date(context.receivedAt + context.elapsedMs()).toISOString() };
}

function firstChoice({ choices }: JsonObject): JsonObject | undefined {
  return Array.isArray(choices) ? choices.find(isJsonObject) : undefined;
}

function pieceOf(source: JsonObject, { hidesThinking }: AnswerForm): Piece {
  const text = textOf(source.content) ?? textOf(source.text) ?? '';
  const thinking = hidesThinking ? undefined : (textOf(source.reasoning) ?? textOf(source.reasoning_content));
  return { text, ...(thinking === undefined ? {} : { thinking }) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function logprobsOf({ logprobs }: JsonObject): JsonObject {
  return isJsonObject(logprobs) && Array.isArray(logprobs.content) ? { logprobs: logprobs.content } : {};
}

/**
 * Reason and totals. llama-server measures its work itself (`timings`); elsewhere the time to the first chunk counts as
 * reading the prompt and the rest as generating. Like Ollama, zeros are left out.
 */
function lastMembers(
  { context, isLoad }: AnswerForm,
  finishReason: unknown,
  usage: Usage | undefined,
  timings: unknown,
  firstAt: number | undefined,
): JsonObject {
  const total = context.elapsedMs();
  if (isLoad) {
    const load = nanoseconds(total);
    return { done: true, done_reason: 'load', ...nonZero({ total_duration: load, load_duration: load }) };
  }
  const { prompt_ms: promptMs, predicted_ms: predictedMs } = isJsonObject(timings) ? timings : {};
  return {
    done: true,
    done_reason: finishReason === 'length' ? 'length' : 'stop',
    ...nonZero({
      total_duration: nanoseconds(total),
      prompt_eval_count: usage?.tokensIn ?? 0,
      prompt_eval_duration: nanoseconds(typeof promptMs === 'number' ? promptMs : (firstAt ?? 0)),
      eval_count: usage?.tokensOut ?? 0,
      eval_duration: nanoseconds(typeof predictedMs === 'number' ? predictedMs : total - (firstAt ?? 0)),
    }),
  };
}

function nonZero(members: Readonly<Record<string, number>>): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value > 0));
}
