import { embed, shorten, toBase64 } from './embeddings';
import { sendAnswer, sendError, sendProblem, sendRefusal } from './ollama-errors';
import { acquireModel, isRefusal, readBody, type OllamaHandler } from './ollama-state';
import { generateWhole } from './stream-reply';

/** `/v1/embeddings` of Ollama. */
export const embeddings: OllamaHandler = {
  methods: ['POST'],
  async handle(context) {
    const { exchange, script, simulator } = context;
    const body = readBody(exchange, (message) => sendProblem(context, message));
    if (!body) return;
    const { input, encoding_format: encoding, dimensions } = body;
    if (input === undefined || (Array.isArray(input) && input.length === 0)) {
      sendProblem(context, 'invalid input');
      return;
    }
    const texts = typeof input === 'string' ? [input] : Array.isArray(input) ? (input as unknown[]) : [undefined];
    if (!texts.every((text) => typeof text === 'string')) {
      await sendError(context, 400, 'invalid input type');
      return;
    }
    // Go reads null as absent
    if (encoding !== undefined && encoding !== null && encoding !== 'float' && encoding !== 'base64') {
      sendProblem(
        context,
        `Invalid value for 'encoding_format' = ${textOf(encoding)}. Supported values: ['float', 'base64'].`,
      );
      return;
    }
    const model = await acquireModel(context, body, { capability: 'embedding' });
    if (!model) return;
    if (isRefusal(model)) {
      await sendRefusal(context, model);
      return;
    }
    if (!(await generateWhole(exchange, simulator, simulator.plan(exchange, { text: '', maxTokens: 0 })))) return;
    const length = script.embeddingLength ?? model.embeddingLength ?? 768;
    const count = texts.join(' ').split(/\s+/).length;
    await sendAnswer(exchange, {
      object: 'list',
      data: texts.map((text, index) => {
        const whole = embed(text, length);
        const vector = typeof dimensions === 'number' ? shorten(whole, dimensions) : whole;
        return { object: 'embedding', embedding: encoding === 'base64' ? toBase64(vector) : vector, index };
      }),
      model: body['model'],
      usage: { prompt_tokens: count, total_tokens: count },
    });
  },
};

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
