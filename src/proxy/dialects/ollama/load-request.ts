import { openAiError } from '../../openai-error';
import type { JsonObject } from '../../repairs/json-object';
import type { Translated, TranslationContext } from '../dialect';
import { loadedAnswer, OllamaLines, ollamaAnswer, type AnswerForm } from './ollama-answer';

/**
 * A request without a prompt: Ollama loads the model (or unloads it, `keep_alive` 0) and generates nothing. An engine
 * that loads on demand (LM Studio, llama-server as router) is asked for one token; where the model is in memory, or
 * nobody can tell, there is nothing to do. FLM unloads nothing.
 */
export function loadRequest(
  request: JsonObject,
  model: string,
  piece: AnswerForm['piece'],
  context: TranslationContext,
): Translated {
  const { engine, model: known } = context.entry;
  if (isZero(request.keep_alive)) {
    const message = `FLM does not unload models of ${engine.name}; use the engine's own tools.`;
    return { ok: false, error: openAiError('not_supported', message, 'keep_alive') };
  }
  if (known.isLoaded !== false || !known.capabilities.includes('chat')) {
    return { ok: 'answered', answer: loadedAnswer(model, piece, context.receivedAt), headers: [] };
  }
  const form: AnswerForm = { model, context, piece, hidesThinking: true, isLoad: true };
  return {
    ok: true,
    translation: {
      route: '/v1/chat/completions',
      request: { messages: [{ role: 'user', content: '.' }], max_tokens: 1 },
      stream: () => new OllamaLines(form),
      whole: (answer) => ollamaAnswer(answer, form),
    },
  };
}

/** 0, "0", "0s", "0m" … */
function isZero(keepAlive: unknown): boolean {
  return keepAlive === 0 || (typeof keepAlive === 'string' && /^0+[a-z]*$/.test(keepAlive));
}
