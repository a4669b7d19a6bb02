import type { InferenceBody } from '../../inference-body';
import type { JsonObject } from '../../repairs/json-object';
import type { Dialect, Translated, Translation, TranslationContext } from '../dialect';
import { logprobMembers } from './chat';
import { parts } from './chat-messages';
import { loadRequest } from './load-request';
import { ollamaPath } from './native-path';
import { OllamaLines, ollamaAnswer, type AnswerForm, type Piece } from './ollama-answer';
import { ollamaErrors } from './ollama-errors';
import { askedModel, membersOf, refused } from './ollama-request';
import { ollamaStreams } from './ollama-streams';
import { usageInOllamaJson } from './ollama-usage';
import { pictureUrl } from './pictures';
import { completionFormat, responseFormat } from './response-format';
import { samplingMembers } from './sampling-options';
import { thinkingMembers } from './thinking-members';

/** `POST /api/generate` (https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-completion). */
export const ollamaGenerate: Dialect = {
  errors: ollamaErrors,
  streams: ollamaStreams,
  streamsByDefault: true,
  nativePath: ollamaPath('/api/generate'),
  usage: usageInOllamaJson,
  translate,
};

/**
 * A prompt goes to the chat route, because Ollama puts it into the model's chat template; with `raw` or a `suffix` it
 * goes to completions, where nothing is put around it.
 */
function translate(body: InferenceBody, context: TranslationContext): Translated {
  const request = membersOf(body);
  const model = askedModel(body, context);
  const { engine, model: known } = context.entry;
  const prompt = request.prompt ?? '';
  const suffix = request.suffix ?? '';
  if (typeof prompt !== 'string') return refused("'prompt' must be a string", 'prompt');
  if (typeof suffix !== 'string') return refused("'suffix' must be a string", 'suffix');
  const images = Array.isArray(request.images) ? request.images.map(pictureUrl) : [];
  if (prompt === '' && suffix === '' && images.length === 0) {
    return loadRequest(request, model, generatePiece, context);
  }
  const unfit = unfitMember(request);
  if (unfit !== undefined) {
    return refused(`${engine.name} has no '${unfit}' as Ollama has it; leave it out, or use an Ollama model`, unfit);
  }
  if (images.includes(undefined)) {
    return refused('an image is not base64 of a PNG, JPEG, GIF, WebP or BMP picture', 'images');
  }
  const isCompletion = request.raw === true || suffix !== '' || !known.capabilities.includes('chat');
  if (isCompletion && images.length > 0) return refused('images need a prompt that is not raw', 'images');
  const format = isCompletion ? completionFormat(request.format, engine.kind) : responseFormat(request.format);
  if (format === undefined) return refused(formatRefusal(request.format, engine.name), 'format');

  const form: AnswerForm = {
    model,
    context,
    piece: generatePiece,
    hidesThinking: request.think === false,
    isLoad: false,
  };
  const options = samplingMembers(request.options, engine.kind);
  const answers: Pick<Translation, 'stream' | 'whole'> = {
    stream: () => new OllamaLines(form),
    whole: (answer) => ollamaAnswer(answer, form),
  };
  if (isCompletion) {
    const after = suffix === '' ? {} : { suffix };
    const translated = { prompt, ...after, ...options, ...format.member };
    return { ok: true, translation: { route: '/v1/completions', request: translated, ...answers } };
  }
  const system = typeof request.system === 'string' && request.system !== '' ? request.system : undefined;
  const translated: JsonObject = {
    messages: [
      ...(system === undefined ? [] : [{ role: 'system', content: system }]),
      { role: 'user', content: images.length === 0 ? prompt : parts(prompt, images) },
    ],
    ...options,
    ...format.member,
    ...thinkingMembers(request.think, engine.kind),
    ...logprobMembers(request),
  };
  return { ok: true, translation: { route: '/v1/chat/completions', request: translated, ...answers } };
}

function formatRefusal(format: unknown, engine: string): string {
  return responseFormat(format) === undefined
    ? '\'format\' must be "json" or a JSON schema'
    : `${engine} cannot keep a 'format' in a raw prompt`;
}

/** A member that changes the answer and that no other engine could be given. */
function unfitMember({ template, context }: JsonObject): string | undefined {
  if (typeof template === 'string' && template !== '') return 'template';
  return Array.isArray(context) && context.length > 0 ? 'context' : undefined;
}

function generatePiece({ text, thinking }: Piece): JsonObject {
  return { response: text, ...(thinking === undefined ? {} : { thinking }) };
}
