import { anthropicMessage, anthropicStream, type AnthropicStyle } from './anthropic-dialect';
import { embed, toBase64 } from './embeddings';
import type { Exchange } from './exchange';
import { epochSeconds, IdSequence } from './ids';
import { hasLateSystem } from './late-system';
import {
  openAiChat,
  openAiChatStream,
  openAiCompletion,
  openAiCompletionStream,
  type OpenAiDialect,
} from './openai-dialect';
import { runJob } from './openai-inference';
import {
  chatPrompt,
  completionPrompt,
  isObject,
  responsesPrompt,
  wantsStream,
  wantsUsage,
  type JsonObject,
} from './openai-request';
import { tokenize } from './reply';
import { responsesObject, responsesStream } from './responses-dialect';
import type { CommonScript } from './script';
import { startSimulator, type EngineBehaviour, type ListenOptions, type Simulator } from './simulator';
import { sse, sseDone } from './stream-reply';

/** One served name or LoRA adapter. */
export interface VllmModel {
  readonly id: string;
  readonly root?: string;
  readonly parent?: string;
  readonly maxModelLen?: number | null;
}

export interface VllmScript extends CommonScript {
  models: readonly VllmModel[];
  version?: string;
  /** Pooling models serve embeddings and no chat. */
  task?: 'generate' | 'embed';
  /** `--enable-auto-tool-choice --tool-call-parser`. Default: on. */
  hasToolParser?: boolean;
  /** Before v0.11.1: `reasoning_content`. */
  hasLegacyReasoning?: boolean;
  /** `--enable-force-include-usage`. */
  forcesUsage?: boolean;
  /** The engine process died: `/health` says 503, inference 500. */
  isEngineDead?: boolean;
  /** Elastic scaling: 503 with a plain string as error. */
  isScaling?: boolean;
  /** The model has a form for filling in (`suffix`), as DeepSeek V4. Default: off. */
  fillsInMiddle?: boolean;
  /** Errors before 2025-08-06: flat. */
  hasFlatErrors?: boolean;
}

export type VllmSimulator = Simulator<VllmScript>;

export const defaultVllmModels: readonly VllmModel[] = [{ id: 'Qwen/Qwen3-8B', maxModelLen: 40_960 }];

interface Context {
  readonly exchange: Exchange;
  readonly simulator: VllmSimulator;
  readonly script: Readonly<VllmScript>;
  readonly ids: IdSequence;
}

const messagesStyle: AnthropicStyle = {
  message: ({ id, model, content, stopReason, promptTokens, completionTokens }) => ({
    id,
    type: 'message',
    role: 'assistant',
    content,
    model,
    ...(stopReason === null ? { stop_reason: null, stop_sequence: null } : { stop_reason: stopReason }),
    usage: { input_tokens: promptTokens, output_tokens: completionTokens },
  }),
  end: ({ stopReason, promptTokens, completionTokens }) => ({
    delta: { stop_reason: stopReason, stop_sequence: null },
    usage: { input_tokens: promptTokens, output_tokens: completionTokens },
  }),
  tellsFailure: true,
  numbersLast: true,
};

const fingerprint = 'vllm-0.32.0-2cf94bbd';

function dialect(script: Readonly<VllmScript>): OpenAiDialect {
  return {
    reasoningField: script.hasLegacyReasoning === true ? 'reasoning_content' : 'reasoning',
    repeatsRole: false,
    hasRoleChunk: true,
    hasFinishChunk: false,
    choiceExtras: { logprobs: null },
    chunkExtras: {},
    messageExtras: {
      ...{ refusal: null, annotations: null, audio: null, function_call: null },
      ...(script.hasLegacyReasoning === true ? {} : { reasoning: null }),
    },
    wholeChoiceExtras: { stop_reason: null, token_ids: null, routed_experts: null },
    wholeExtras: {
      ...{ service_tier: null, system_fingerprint: fingerprint, prompt_logprobs: null, prompt_token_ids: null },
      ...{ prompt_text: null, kv_transfer_params: null, ec_transfer_params: null, metrics: null },
    },
    usageExtras: { prompt_tokens_details: null, completion_tokens_details: null },
    wholeCompletionChoiceExtras: {
      ...{ stop_reason: null, token_ids: null, prompt_logprobs: null, prompt_token_ids: null, routed_experts: null },
    },
    wholeCompletionExtras: {
      ...{ service_tier: null, system_fingerprint: fingerprint },
      ...{ kv_transfer_params: null, ec_transfer_params: null, metrics: null },
    },
    streamExtras: {
      firstChunk: { prompt_token_ids: null, prompt_text: null },
      choice: { token_ids: null },
      lastChoice: { stop_reason: null },
      lastChunk: { system_fingerprint: fingerprint },
      toolDelta: { content: null },
      runningUsage: { completion_tokens_details: null },
      lastUsage: {},
      completionChoice: { stop_reason: null, prompt_token_ids: null, token_ids: null },
    },
    repeatsEmptyName: false,
    fail: (message) => [sse({ error: { message, type: 'InternalServerError', param: null, code: 500 } }), sseDone],
  };
}

function sendError(
  { exchange, script }: Context,
  status: number,
  type: string,
  message: string,
  param: string | null = null,
  isAnthropic = false,
): void {
  if (isAnthropic) {
    exchange.sendJson(status, { type: 'error', error: { type, message } });
    return;
  }
  const error = { message, type, param, code: status };
  exchange.sendJson(status, script.hasFlatErrors === true ? { object: 'error', ...error } : { error });
}

/** What pydantic found wrong, in vLLM's words. */
function sendInvalid(context: Context, type: string, place: string, message: string, more: string): void {
  const detail = `{'type': '${type}', 'loc': '${place}', 'msg': '${message}', ${more}}`;
  sendError(context, 400, 'Bad Request', `1 validation error:\n  ${detail}`, place);
}

/** Parses and checks what every JSON route checks; undefined after the error was answered. */
function readBody(context: Context, ...required: readonly string[]): JsonObject | undefined {
  const { exchange, script } = context;
  if (!/^application\/json/.test(exchange.request.headers['content-type'] ?? '')) {
    sendError(
      context,
      400,
      'Bad Request',
      "1 validation error:\n  Unsupported Media Type: Only 'application/json' is allowed",
    );
    return undefined;
  }
  const { text } = exchange.request;
  let body: unknown;
  try {
    body = text === '' ? undefined : exchange.request.json;
  } catch (error) {
    const place = `body.${/position (\d+)/.exec(String(error))?.[1] ?? text.indexOf('bad')}`;
    const cause = "'input': '<dict of 0 items>', 'ctx': {'error': 'Expecting value'}";
    sendInvalid(context, 'json_invalid', place, 'JSON decode error', cause);
    return undefined;
  }
  if (Array.isArray(body)) {
    const message = 'Input should be a valid dictionary or object to extract fields from';
    sendInvalid(context, 'model_attributes_type', 'body', message, `'input': '<list of ${body.length} items>'`);
    return undefined;
  }
  if (!isObject(body)) {
    sendInvalid(context, 'missing', 'body', 'Field required', "'input': 'None'");
    return undefined;
  }
  if (required.includes('messages') && body['messages'] !== undefined && !Array.isArray(body['messages'])) {
    const input = `'input': '${JSON.stringify(body['messages']).replaceAll('"', '')}'`;
    sendInvalid(context, 'list_type', 'body.messages', 'Input should be a valid list', input);
    return undefined;
  }
  const missing = required.find((field) => body[field] === undefined);
  if (missing !== undefined) {
    const input = `'input': '<dict of ${Object.keys(body).length} items>'`;
    sendInvalid(context, 'missing', `body.${missing}`, 'Field required', input);
    return undefined;
  }
  const name = body['model'];
  if (typeof name === 'string' && !script.models.some((model) => model.id === name)) {
    const aliases = script.models.map(({ id }) => id).join(', ');
    const message = `The model \`${name}\` does not exist. Valid aliases: ${aliases}.`;
    sendError(context, 404, 'NotFoundError', message, 'model', exchange.request.path === '/v1/messages');
    return undefined;
  }
  return body;
}

const lateSystem = ['System message must be at the beginning.', 'messages'] as const;

function strictness(
  body: JsonObject,
  script: Readonly<VllmScript>,
): readonly [message: string, param: string, value?: string] | undefined {
  const { tools, tool_choice: choice } = body;
  if (body['stream_options'] !== undefined && body['stream_options'] !== null && body['stream'] !== true) {
    return ['Stream options can only be defined when `stream=True`.', 'stream_options'];
  }
  if (hasLateSystem(body)) return lateSystem;
  if (Array.isArray(tools) && tools.length === 0) {
    const hint = 'Either provide at least one tool or omit the field entirely.';
    return [`\`tools\` must not be an empty array. ${hint}`, 'tools'];
  }
  const hasChoice = choice !== undefined && choice !== 'none';
  if (hasChoice && tools === undefined) return ['When using `tool_choice`, `tools` must be set.', 'tool_choice'];
  const isAuto = tools !== undefined && (choice === undefined || choice === 'auto');
  if (isAuto && script.hasToolParser === false) {
    return ['"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set', 'tool_choice'];
  }
  const limit = script.models[0]?.maxModelLen;
  const most = body['max_completion_tokens'] ?? body['max_tokens'];
  if (typeof limit === 'number' && typeof most === 'number' && most > limit) {
    const message = `max_tokens=${most} cannot be greater than max_model_len=${limit}. Please request fewer output tokens.`;
    return [message, 'max_tokens', String(most)];
  }
  const { temperature } = body;
  if (typeof temperature === 'number' && temperature < 0) {
    return [`temperature must be non-negative, got ${temperature.toFixed(1)}.`, 'temperature', temperature.toFixed(1)];
  }
  return undefined;
}

type InferenceKind = 'chat' | 'completion' | 'messages' | 'responses';

const requiredFields: Readonly<Record<InferenceKind, readonly string[]>> = {
  chat: ['messages'],
  completion: ['prompt'],
  messages: ['messages', 'max_tokens'],
  responses: ['input'],
};

async function inference(context: Context, kind: InferenceKind): Promise<void> {
  const { exchange, simulator, script, ids } = context;
  if (script.task === 'embed') {
    exchange.sendJson(404, { detail: 'Not Found' });
    return;
  }
  const body = readBody(context, ...requiredFields[kind]);
  if (!body) return;
  if (script.isScaling === true) {
    exchange.sendJson(503, { error: 'The model is currently scaling. Please try again later.' });
    return;
  }
  if (script.isEngineDead === true) {
    sendError(context, 500, 'InternalServerError', 'EngineCore encountered an issue.');
    return;
  }
  const problem =
    kind === 'chat' ? strictness(body, script) : kind === 'messages' && hasLateSystem(body) ? lateSystem : undefined;
  if (problem) {
    const [message, param, value] = problem;
    const isNamed = message !== lateSystem[0] && !message.startsWith('"auto"');
    const where = isNamed ? ` (parameter=${param}${value === undefined ? '' : `, value=${value}`})` : '';
    sendError(context, 400, 'BadRequestError', `${message}${where}`, param);
    return;
  }
  if (kind === 'chat' && Array.isArray(body['messages']) && body['messages'].length === 0) {
    const message = 'Cannot apply chat template to an empty conversation. Provide at least one message.';
    sendError(context, 400, 'BadRequestError', message);
    return;
  }
  if (kind === 'completion' && typeof body['suffix'] === 'string' && script.fillsInMiddle !== true) {
    sendError(
      context,
      400,
      'BadRequestError',
      'suffix is only supported for models with FIM completion rendering',
      'suffix',
    );
    return;
  }
  const base = script.models[0];
  const prompt =
    kind === 'completion'
      ? completionPrompt({ max_tokens: 16, ...body }, ['max_tokens'])
      : kind === 'responses'
        ? responsesPrompt(body)
        : chatPrompt(body, ['max_completion_tokens', 'max_tokens']);
  const { promptTokens } = simulator.plan(exchange, prompt);
  const limit = base?.maxModelLen ?? Number.POSITIVE_INFINITY;
  if (promptTokens > limit) {
    const message = `This model's maximum context length is ${limit} tokens. However, your prompt contains at least ${promptTokens} input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input prompt. (parameter=input_tokens, value=${promptTokens})`;
    sendError(context, 400, 'BadRequestError', message, 'input_tokens', kind === 'messages');
    return;
  }
  const words = dialect(script);
  const id = `chatcmpl-${ids.uuid()}`;
  const model = typeof body['model'] === 'string' ? body['model'] : (base?.id ?? '');
  const options = isObject(body['stream_options']) ? body['stream_options'] : {};
  const wish = {
    atEnd: wantsUsage(body) || script.forcesUsage === true,
    inEveryChunk: options['continuous_usage_stats'] === true || script.forcesUsage === true,
  };
  const callId = (call: { readonly id?: string }): string => call.id ?? `chatcmpl-tool-${ids.take(16)}`;
  await runJob(exchange, simulator, {
    prompt,
    isStream: wantsStream(body),
    flush: true,
    streamHeaders: { 'content-type': 'text/event-stream; charset=utf-8' },
    whole: (reply) =>
      kind === 'chat'
        ? openAiChat(words, { id, model, reply, callId })
        : kind === 'completion'
          ? openAiCompletion(words, { id, model, reply, callId })
          : kind === 'messages'
            ? anthropicMessage({ id, model, reply }, messagesStyle)
            : responsesObject({ id: ids.take(32), model, reply }),
    stream: (reply) =>
      kind === 'chat'
        ? openAiChatStream(words, { id, model, reply, callId }, wish)
        : kind === 'completion'
          ? openAiCompletionStream(words, { id, model, reply, callId }, wish)
          : kind === 'messages'
            ? anthropicStream({ id, model, reply }, messagesStyle)
            : responsesStream({ id: ids.take(32), model, reply }, { hasNumbers: true }),
    sendFailure: (message) => sendError(context, 500, 'InternalServerError', message),
  });
}

async function embeddings(context: Context): Promise<void> {
  const { exchange, simulator, script, ids } = context;
  if (script.task !== 'embed') {
    exchange.sendJson(404, { detail: 'Not Found' });
    return;
  }
  const body = readBody(context, 'input');
  if (!body) return;
  const encoding = body['encoding_format'];
  if (encoding !== undefined && encoding !== 'float' && encoding !== 'base64') {
    sendError(context, 400, 'BadRequestError', "Input should be 'float' or 'base64'", 'encoding_format');
    return;
  }
  if (body['dimensions'] !== undefined) {
    sendError(
      context,
      400,
      'BadRequestError',
      'Model does not support matryoshka representation, changing output dimensions will lead to poor results.',
      'dimensions',
    );
    return;
  }
  if (!(await simulator.load(exchange))) return;
  const { input } = body;
  const isTokens = Array.isArray(input) && typeof input[0] === 'number';
  const inputs = Array.isArray(input) && !isTokens ? (input as unknown[]) : [input];
  const total = inputs.reduce<number>(
    (sum, one) => sum + (Array.isArray(one) ? one.length : tokenize(String(one)).length),
    0,
  );
  exchange.sendJson(200, {
    id: `embd-${ids.uuid()}`,
    object: 'list',
    created: epochSeconds(),
    model: body['model'] ?? script.models[0]?.id,
    data: inputs.map((one, index) => {
      const vector = embed(Array.isArray(one) ? one.join(' ') : String(one), script.embeddingLength ?? 1024);
      return {
        index,
        object: 'embedding',
        embedding: encoding === 'base64' ? toBase64(vector) : vector,
      };
    }),
    usage: { prompt_tokens: total, total_tokens: total, completion_tokens: 0, prompt_tokens_details: null },
  });
}

function modelCard(model: VllmModel, base: VllmModel | undefined, ids: IdSequence): object {
  const created = epochSeconds();
  const permission = {
    id: `modelperm-${ids.take(32).toLowerCase()}`,
    object: 'model_permission',
    created,
    allow_create_engine: false,
    allow_sampling: true,
    allow_logprobs: true,
    allow_search_indices: false,
    allow_view: true,
    allow_fine_tuning: false,
    organization: '*',
    group: null,
    is_blocking: false,
  };
  return {
    id: model.id,
    object: 'model',
    created,
    owned_by: 'vllm',
    root: model.root ?? base?.root ?? base?.id ?? model.id,
    parent: model.parent ?? null,
    max_model_len: model.maxModelLen === undefined ? (model.parent === undefined ? 40_960 : null) : model.maxModelLen,
    permission: [permission],
  };
}

function metrics({ simulator, script }: Context): string {
  const labels = `{engine="0",model_name="${script.models[0]?.id ?? ''}"}`;
  const gauges = {
    num_requests_running: simulator.runningGenerations,
    num_requests_waiting: 0,
    kv_cache_usage_perc: 0,
  };
  return Object.entries(gauges)
    .map(([name, value]) => `# HELP vllm:${name} .\n# TYPE vllm:${name} gauge\nvllm:${name}${labels} ${value}\n`)
    .join('');
}

type Route = readonly [methods: readonly string[], handle: (context: Context) => Promise<void> | void];

const health: Route = [
  ['GET'],
  ({ exchange, script }) => exchange.sendText(script.isEngineDead === true ? 503 : 200, ''),
];

const routes: Readonly<Record<string, Route>> = {
  '/health': health,
  '/ping': [['GET', 'POST'], health[1]],
  '/load': [['GET'], ({ exchange }) => exchange.sendJson(200, { server_load: 0 })],
  '/version': [['GET'], ({ exchange, script }) => exchange.sendJson(200, { version: script.version ?? '0.26.0' })],
  '/metrics': [
    ['GET'],
    (context) =>
      context.exchange.sendText(200, metrics(context), { 'content-type': 'text/plain; version=1.0.0; charset=utf-8' }),
  ],
  '/v1/models': [
    ['GET'],
    ({ exchange, script, ids }) =>
      exchange.sendJson(200, {
        object: 'list',
        data: script.models.map((model) => modelCard(model, script.models[0], ids)),
      }),
  ],
  '/v1/chat/completions': [['POST'], (context) => inference(context, 'chat')],
  '/v1/completions': [['POST'], (context) => inference(context, 'completion')],
  '/v1/messages': [['POST'], (context) => inference(context, 'messages')],
  '/v1/responses': [['POST'], (context) => inference(context, 'responses')],
  '/v1/embeddings': [['POST'], embeddings],
  '/tokenize': [
    ['POST'],
    (context) => {
      const body = readBody(context, 'prompt');
      if (!body) return;
      const tokens = tokenize(String(body['prompt'])).map((_, index) => index);
      context.exchange.sendJson(200, { count: tokens.length, max_model_len: 40_960, tokens, token_strs: null });
    },
  ],
};

function behaviour(): EngineBehaviour<VllmScript> {
  const ids = new IdSequence();
  return {
    headers: ({ request }) => ({
      server: 'uvicorn',
      vary: 'Origin',
      ...(request.headers.connection === 'close' ? { Connection: 'close' } : {}),
    }),
    sendsDate: true,
    connectionHeaders: 'none',
    keepAliveMs: 5000,
    maxRequestsPerConnection: 0,
    handle(exchange, simulator) {
      const script = simulator.scripted;
      const { path, method, headers } = exchange.request;
      const isGuarded = /^\/(v1|v2|inference|cohere)(\/|$)/.test(path);
      if (script.apiKey !== undefined && isGuarded && headers.authorization !== `Bearer ${script.apiKey}`) {
        exchange.sendJson(401, { error: 'Unauthorized' });
        return;
      }
      const route = routes[path];
      if (!route) {
        exchange.sendJson(404, { detail: 'Not Found' });
        return;
      }
      if (!route[0].includes(method)) {
        exchange.sendJson(405, { detail: 'Method Not Allowed' }, { allow: route[0].join(', ') });
        return;
      }
      return route[1]({ exchange, simulator, script, ids });
    },
  };
}

/** A simulated vLLM (shapes of 0.32). While the real one loads its port refuses: start it later, or `stop()` it. */
export function startVllm(options: Partial<VllmScript> & ListenOptions = {}): Promise<VllmSimulator> {
  const { host, port, ...script } = options;
  return startSimulator(
    behaviour(),
    { models: defaultVllmModels, ...script },
    { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) },
  );
}
