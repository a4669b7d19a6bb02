import { embed, toBase64 } from './embeddings';
import { llamaJson, sendLlamaError } from './llama-server-errors';
import { readLlamaBody, type LlamaContext } from './llama-server-inference';
import { isRouter } from './llama-server-models';
import { chooseRouterModel } from './llama-server-router';
import { textField } from './openai-request';
import { tokenize } from './reply';

/** `POST /v1/embeddings`. */
export async function llamaEmbeddings(context: LlamaContext): Promise<void> {
  const { exchange, script, simulator } = context;
  const body = readLlamaBody(exchange);
  if (!body) return;
  const model = isRouter(script) ? await chooseRouterModel(context, body['model']) : script.model;
  if (!model) return;
  if (script.isEmbeddingServer !== true) {
    sendLlamaError(exchange, 501, 'This server does not support embeddings. Start it with `--embeddings`');
    return;
  }
  const input = body['input'] ?? body['content'];
  const encoding = body['encoding_format'];
  if (encoding !== undefined && encoding !== 'float' && encoding !== 'base64') {
    sendLlamaError(exchange, 400, 'The format to return the embeddings in. Can be either float or base64');
    return;
  }
  if (input === undefined) {
    sendLlamaError(exchange, 400, '"input" or "content" must be provided');
    return;
  }
  const isTokens = Array.isArray(input) && typeof input[0] === 'number';
  const inputs = Array.isArray(input) && !isTokens ? (input as unknown[]) : [input];
  if (inputs.length === 0 || (isTokens && input.length === 0)) {
    sendLlamaError(exchange, 500, '"prompt" must not be empty');
    return;
  }
  const counts = inputs.map((one) => (Array.isArray(one) ? one.length : tokenize(String(one).trim()).length + 2));
  const most = Math.max(...counts);
  const batch = model.contextLength ?? 8192;
  if (most > batch) {
    sendLlamaError(
      exchange,
      500,
      `input (${most} tokens) is too large to process. increase the physical batch size (current batch size: ${batch})`,
    );
    return;
  }
  if (!(await simulator.load(exchange))) return;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const length = script.embeddingLength ?? model.embeddingLength ?? 384;
  exchange.sendJson(
    200,
    {
      model: model.id,
      object: 'list',
      usage: { prompt_tokens: total, total_tokens: total },
      data: inputs.map((one, index) => {
        const vector = embed(Array.isArray(one) ? one.join(' ') : String(one), length);
        return {
          embedding: encoding === 'base64' ? toBase64(vector) : vector,
          index,
          object: 'embedding',
          ...(encoding === 'base64' ? { encoding_format: 'base64' } : {}),
        };
      }),
    },
    llamaJson,
  );
}

/** `POST /v1/rerank`. */
export function llamaRerank({ exchange, script }: LlamaContext): void {
  if (script.isRerankServer !== true) {
    sendLlamaError(exchange, 501, 'This server does not support reranking. Start it with `--reranking`');
    return;
  }
  const body = readLlamaBody(exchange);
  if (!body) return;
  const documents = Array.isArray(body['documents']) ? (body['documents'] as unknown[]).map(String) : [];
  const query = embed(textField(body, 'query'), 64);
  const results = documents.map((document, index) => ({
    index,
    relevance_score: embed(document, 64).reduce((sum, value, at) => sum + value * (query[at] ?? 0), 0),
  }));
  const usage = { prompt_tokens: documents.length, total_tokens: documents.length };
  exchange.sendJson(200, { model: script.model.id, object: 'list', usage, results }, llamaJson);
}
