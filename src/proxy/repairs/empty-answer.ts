import { openAiError } from '../openai-error';
import { readUsage, type Usage } from '../usage';
import { choicesOf, saysSomething } from './choices';
import { isJsonObject, type JsonObject } from './json-object';
import { promptCharacters } from './prompt-size';
import { Fault, textRoutes, type ChunkRepair, type Repair, type RepairContext } from './repair';

/** Characters per token assumed of a prompt whose answer was empty: the emptiness is evidence by itself. */
const charactersPerToken = 3;

/**
 * LM Studio answers a prompt that does not fit with 200 and nothing in it (lmstudio-bug-tracker 2339). Such an answer
 * becomes the error `context_length_exceeded`, if the prompt by the engine's count or by its length does not fit the
 * context. Other empty answers pass: a model may have nothing to say.
 */
export const emptyAnswer: Repair = {
  name: 'empty-answer',
  kinds: ['lmstudio'],
  routes: textRoutes,
  chunks: (context) => new EmptyStream(context),
  whole: (context) => ({
    apply: (answer) => {
      const isEmpty = choicesOf(answer).length > 0 && !choicesOf(answer).some(saysSomething);
      return isEmpty && isOverflow(context, readUsage(answer.usage)) ? overflow(context) : answer;
    },
  }),
};

/** Holds the finish chunk of a stream that has said nothing until the usage or the end shows why. */
class EmptyStream implements ChunkRepair {
  readonly #context: RepairContext;
  #isOpen = true;
  #held: JsonObject | undefined;

  constructor(context: RepairContext) {
    this.#context = context;
  }

  chunk(chunk: JsonObject): JsonObject | readonly (JsonObject | Fault)[] {
    if (!this.#isOpen) return chunk;
    const choices = choicesOf(chunk);
    if (choices.some(saysSomething)) return this.#release(chunk);
    if (isJsonObject(chunk.usage) && choices.length === 0) {
      const isFault = this.#held !== undefined && isOverflow(this.#context, readUsage(chunk.usage));
      return isFault ? [overflow(this.#context)] : this.#release(chunk);
    }
    if (this.#held === undefined && choices.some(({ finish_reason: reason }) => typeof reason === 'string')) {
      this.#held = chunk;
      return [];
    }
    return this.#held === undefined ? chunk : this.#release(chunk);
  }

  end(isDone: boolean): readonly (JsonObject | Fault)[] {
    if (this.#held === undefined) return [];
    const held = this.#held;
    this.#held = undefined;
    return isDone && isOverflow(this.#context, undefined) ? [overflow(this.#context)] : [held];
  }

  #release(chunk: JsonObject): readonly JsonObject[] {
    this.#isOpen = false;
    const held = this.#held;
    this.#held = undefined;
    return held === undefined ? [chunk] : [held, chunk];
  }
}

function isOverflow({ model, request }: RepairContext, usage: Usage | undefined): boolean {
  const limit = model.contextLoaded ?? model.contextMax;
  if (limit === undefined || (usage?.tokensOut ?? 0) > 0) return false;
  if (usage?.tokensIn !== undefined) return usage.tokensIn >= limit;
  return promptCharacters(request, limit) > limit * charactersPerToken;
}

function overflow({ engine, model }: RepairContext): Fault {
  const limit = model.contextLoaded ?? model.contextMax ?? 0;
  const message = `The engine ${engine} answered nothing: the prompt does not fit the context of ${limit} tokens the model is loaded with.`;
  return new Fault(openAiError('context_length_exceeded', message, 'messages'), 'context_length_exceeded');
}
