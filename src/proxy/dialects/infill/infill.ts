import { openAiError, openAiErrors } from '../../openai-error';
import { isJsonObject, type JsonObject } from '../../repairs/json-object';
import { takesSuffix } from '../../repairs/suffix';
import { nativeUsageInJson, readUsage, type Usage } from '../../usage';
import type { Dialect, StreamTranslator, Translated, TranslationContext } from '../dialect';
import { EventTap, type EventMeaning } from '../event-tap';
import type { InferenceBody } from '../../inference-body';

const sameNames = ['temperature', 'top_p', 'seed', 'stop', 'presence_penalty', 'frequency_penalty'] as const;

/**
 * `POST /infill`: llama-server's route for autocomplete (tools/server/README.md), which llama.vim and llama.vscode use.
 * Elsewhere it becomes a completion with a `suffix`.
 */
export const fillInMiddle: Dialect = {
  errors: openAiErrors,
  streams: { contentType: 'text/event-stream', ping: ': ping\n\n', tap: () => new EventTap(meaningOf) },
  streamsByDefault: false,
  nativePath: ({ engine }) => (engine.kind === 'llamacpp' ? '/infill' : undefined),
  usage: nativeUsageInJson,
  translate,
};

function meaningOf(event: JsonObject): EventMeaning {
  const isLast = event.stop === true;
  return {
    hasContent: typeof event.content === 'string' && event.content !== '',
    hasFinished: isLast,
    isDone: isLast,
    hasError: event.error !== undefined,
    usage: isLast ? nativeUsage(event) : undefined,
  };
}

function nativeUsage({ tokens_evaluated: prompt, tokens_predicted: answer }: JsonObject): Usage | undefined {
  return readUsage({ prompt_tokens: prompt, completion_tokens: answer });
}

function translate({ bytes }: InferenceBody, context: TranslationContext): Translated {
  const { engine, model } = context.entry;
  const elapsedMs = (): number => context.elapsedMs();
  if (!takesSuffix(engine.kind, engine.version ?? '')) {
    const message = `${engine.name} cannot fill in the middle. Models of llama.cpp and Ollama that know how can.`;
    return { ok: false, error: openAiError('not_supported', message, 'model') };
  }
  const request = JSON.parse(bytes.toString('utf8')) as JsonObject;
  const { input_prefix: prefix = '', input_suffix: suffix = '', prompt = '' } = request;
  if (typeof prefix !== 'string' || typeof suffix !== 'string' || typeof prompt !== 'string') {
    const message = "'input_prefix', 'input_suffix' and 'prompt' must be strings.";
    return { ok: false, error: openAiError('invalid_request', message, 'input_prefix') };
  }
  const members: Record<string, unknown> = { prompt: extraText(request.input_extra) + prefix + prompt, suffix };
  for (const name of sameNames) if (request[name] !== undefined) members[name] = request[name];
  const limit = request.n_predict ?? request.max_tokens;
  if (typeof limit === 'number' && limit >= 0) members.max_tokens = limit;
  return {
    ok: true,
    translation: {
      route: '/v1/completions',
      request: members,
      stream: () => new InfillStream(model.id, elapsedMs),
      whole: (answer) => {
        const choice = firstChoice(answer);
        if (choice === undefined) return undefined;
        return last(model.id, textOf(choice), choice.finish_reason, readUsage(answer.usage), elapsedMs());
      },
    },
  };
}

/** Text of other files, as llama-server puts it before the prefix for models without tokens for files. */
function extraText(extra: unknown): string {
  if (!Array.isArray(extra)) return '';
  const texts = extra.flatMap((file) => (isJsonObject(file) && typeof file.text === 'string' ? [file.text] : []));
  return texts.map((text) => `\n\n--- snippet ---\n\n${text}`).join('') + (texts.length === 0 ? '' : '\n\n');
}

/** Chunks of a completion in, pieces of llama-server's own form out. */
class InfillStream implements StreamTranslator {
  readonly #model: string;
  readonly #elapsedMs: () => number;
  #usage: Usage | undefined;
  #finishReason: unknown;

  constructor(model: string, elapsedMs: () => number) {
    this.#model = model;
    this.#elapsedMs = elapsedMs;
  }

  chunk(chunk: JsonObject): string {
    this.#usage = readUsage(chunk.usage) ?? this.#usage;
    const choice = firstChoice(chunk) ?? {};
    this.#finishReason = choice.finish_reason ?? this.#finishReason;
    const content = textOf(choice);
    return content === '' ? '' : event({ index: 0, content, tokens: [], stop: false });
  }

  end(): string {
    return event(last(this.#model, '', this.#finishReason, this.#usage, this.#elapsedMs()));
  }
}

function last(
  model: string,
  content: string,
  finishReason: unknown,
  usage: Usage | undefined,
  elapsedMs: number,
): JsonObject {
  const isCut = finishReason === 'length';
  return {
    index: 0,
    content,
    tokens: [],
    stop: true,
    model,
    tokens_predicted: usage?.tokensOut ?? 0,
    tokens_evaluated: usage?.tokensIn ?? 0,
    truncated: false,
    stop_type: isCut ? 'limit' : 'eos',
    stopping_word: '',
    // Read by llama.vim to show its speed; the parts are not known apart
    timings: { prompt_n: usage?.tokensIn ?? 0, predicted_n: usage?.tokensOut ?? 0, predicted_ms: elapsedMs },
  };
}

function firstChoice({ choices }: JsonObject): JsonObject | undefined {
  return Array.isArray(choices) ? choices.find(isJsonObject) : undefined;
}

function textOf({ text }: JsonObject): string {
  return typeof text === 'string' ? text : '';
}

function event(piece: JsonObject): string {
  return `data: ${JSON.stringify(piece)}\n\n`;
}
