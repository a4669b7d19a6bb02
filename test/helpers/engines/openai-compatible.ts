import { embed, toBase64 } from './embeddings';
import { IdSequence } from './ids';
import {
  openAiChat,
  openAiChatStream,
  openAiCompletion,
  openAiCompletionStream,
  type OpenAiDialect,
} from './openai-dialect';
import { runJob } from './openai-inference';
import { chatPrompt, completionPrompt, isObject, wantsStream, wantsUsage, type JsonObject } from './openai-request';
import type { CommonScript } from './script';
import { startSimulator, type EngineBehaviour, type ListenOptions, type Simulator } from './simulator';
import { sse } from './stream-reply';

export interface OpenAiCompatibleScript extends CommonScript {
  /** Ids, or entries as they are. */
  models: readonly (string | object)[];
  /** Replaces the whole body of `/v1/models`: any JSON value. */
  modelList?: unknown;
  ownedBy?: string;
}

export type OpenAiCompatibleSimulator = Simulator<OpenAiCompatibleScript>;

const dialect: OpenAiDialect = {
  reasoningField: 'reasoning_content',
  repeatsRole: false,
  hasRoleChunk: true,
  hasFinishChunk: true,
  choiceExtras: { logprobs: null },
  chunkExtras: {},
  messageExtras: { refusal: null },
  wholeChoiceExtras: {},
  wholeExtras: {},
  usageExtras: {},
  repeatsEmptyName: false,
  fail: (message) => [sse({ error: { message, type: 'server_error', param: null, code: null } })],
};

function behaviour(): EngineBehaviour<OpenAiCompatibleScript> {
  const ids = new IdSequence();
  return {
    headers: () => ({}),
    sendsDate: true,
    connectionHeaders: 'node',
    keepAliveMs: 5000,
    maxRequestsPerConnection: 0,
    async handle(exchange, simulator) {
      const script = simulator.scripted;
      const { path, method, headers } = exchange.request;
      const fail = (status: number, message: string, code: string | null = null, param: string | null = null): void =>
        exchange.sendJson(status, { error: { message, type: 'invalid_request_error', param, code } });
      if (script.apiKey !== undefined && headers.authorization !== `Bearer ${script.apiKey}`) {
        fail(401, 'Incorrect API key provided.', 'invalid_api_key');
        return;
      }
      const entries = script.models.map((model) =>
        typeof model === 'string'
          ? { id: model, object: 'model', created: 1_780_000_000, owned_by: script.ownedBy ?? 'system' }
          : model,
      );
      if (path === '/v1/models' && method === 'GET') {
        exchange.sendJson(200, script.modelList ?? { object: 'list', data: entries });
        return;
      }
      const isKnown = ['/v1/chat/completions', '/v1/completions', '/v1/embeddings'].includes(path);
      if (!isKnown || method !== 'POST') {
        fail(404, `Invalid URL (${method} ${path})`);
        return;
      }
      let body: JsonObject | undefined;
      try {
        const parsed = exchange.request.json;
        body = isObject(parsed) ? parsed : undefined;
      } catch {
        body = undefined;
      }
      if (!body) {
        fail(400, 'We could not parse the JSON body of your request.');
        return;
      }
      const name = body['model'];
      if (!entries.some((entry) => isObject(entry) && entry['id'] === name)) {
        fail(404, `The model '${String(name)}' does not exist`, 'model_not_found', 'model');
        return;
      }
      const model = String(name);
      if (path === '/v1/embeddings') {
        const { input, encoding_format: encoding } = body;
        const inputs = Array.isArray(input) ? (input as unknown[]) : [input];
        const data = inputs.map((one, index) => {
          const vector = embed(String(one), script.embeddingLength ?? 1536);
          return { object: 'embedding', index, embedding: encoding === 'base64' ? toBase64(vector) : vector };
        });
        exchange.sendJson(200, { object: 'list', data, model, usage: { prompt_tokens: 1, total_tokens: 1 } });
        return;
      }
      const isChat = path === '/v1/chat/completions';
      const id = `chatcmpl-${ids.take(29)}`;
      const callId = (call: { readonly id?: string }): string => call.id ?? `call_${ids.take(24)}`;
      const wish = { atEnd: wantsUsage(body), inEveryChunk: false };
      const limits = ['max_completion_tokens', 'max_tokens'];
      return runJob(exchange, simulator, {
        prompt: isChat ? chatPrompt(body, limits) : completionPrompt(body, limits),
        isStream: wantsStream(body),
        flush: false,
        streamHeaders: { 'Content-Type': 'text/event-stream' },
        whole: (reply) => (isChat ? openAiChat : openAiCompletion)(dialect, { id, model, reply, callId }),
        stream: (reply) =>
          (isChat ? openAiChatStream : openAiCompletionStream)(dialect, { id, model, reply, callId }, wish),
        sendFailure: (message) =>
          exchange.sendJson(500, { error: { message, type: 'server_error', param: null, code: null } }),
      });
    },
  };
}

/** A simulated server that follows OpenAI's reference and nothing else. */
export function startOpenAiCompatible(
  options: Partial<OpenAiCompatibleScript> & ListenOptions = {},
): Promise<OpenAiCompatibleSimulator> {
  const { host, port, ...script } = options;
  return startSimulator(
    behaviour(),
    { models: ['local-model'], ...script },
    { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) },
  );
}
