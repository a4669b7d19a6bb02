import { anthropicMessage, anthropicStream } from './anthropic-dialect';
import { embed, shorten, toBase64 } from './embeddings';
import { epochSeconds } from './ids';
import { hasLateSystem } from './late-system';
import { modifiedAt, type OllamaModel } from './ollama-models';
import { acquireModel, isRefusal, readBody, type OllamaContext, type OllamaHandler } from './ollama-state';
import {
  chatPrompt,
  completionPrompt,
  mediaParts,
  responsesPrompt,
  strangeTool,
  wantsStream,
  wantsUsage,
  type JsonObject,
} from './openai-request';
import { argumentsText, callsOf, failureOf, joinText, type FinishedReply, type Prompt } from './reply';
import { responsesObject, responsesStream } from './responses-dialect';
import { generateWhole, sse, sseDone, streamReply, type StreamDialect } from './stream-reply';

const errorTypes: Readonly<Record<number, string>> = { 400: 'invalid_request_error', 404: 'not_found_error' };
const eventStream = { 'Content-Type': 'text/event-stream' };
const efforts = new Set(['none', 'minimal', 'low', 'medium', 'high', 'max', 'xhigh', 'ultra']);

function sendError(context: OllamaContext, status: number, message: string): void {
  context.exchange.sendJson(status, {
    error: { message, type: errorTypes[status] ?? 'api_error', param: null, code: null },
  });
}

/** Everything up to the generation, which the OpenAI routes share. Undefined: answered, or the client has gone. */
async function prepare(
  context: OllamaContext,
  readPrompt: (body: JsonObject) => Prompt,
  check: (body: JsonObject) => string | undefined,
): Promise<{ body: JsonObject; model: OllamaModel; reply: FinishedReply } | undefined> {
  const body = readBody(context.exchange, (message) => sendError(context, 400, message));
  if (!body) return undefined;
  const problem = check(body);
  if (problem !== undefined) {
    sendError(context, 400, problem);
    return undefined;
  }
  const model = await acquireModel(context, body, { capability: 'completion', word: 'chat' });
  if (!model) return undefined;
  if (isRefusal(model)) {
    if (model.signinUrl === undefined) sendError(context, model.status, model.message);
    else context.exchange.sendJson(model.status, { error: model.message, signin_url: model.signinUrl });
    return undefined;
  }
  const reply = context.simulator.plan(context.exchange, readPrompt(body));
  if (failsAtOnce(reply)) {
    sendError(context, 500, failureOf(reply) ?? '');
    return undefined;
  }
  return { body, model, reply };
}

function failsAtOnce(reply: FinishedReply): boolean {
  return reply.pieces[0]?.kind === 'error';
}

function usage(reply: FinishedReply): object {
  return {
    prompt_tokens: reply.promptTokens,
    completion_tokens: reply.completionTokens,
    total_tokens: reply.promptTokens + reply.completionTokens,
  };
}

function checkChat(body: JsonObject): string | undefined {
  if (!Array.isArray(body['messages']) || body['messages'].length === 0) return "[] is too short - 'messages'";
  if (hasLateSystem(body)) return 'system message must be at the beginning';
  const effort = body['reasoning_effort'];
  if (typeof effort === 'string' && !efforts.has(effort)) return `invalid reasoning value: '${effort}'`;
  const isRemoteImage = mediaParts(body['messages']).some((part) =>
    /"url":"https?:/.test(JSON.stringify(part['image_url'] ?? '')),
  );
  return isRemoteImage ? 'invalid image input' : undefined;
}

function toolCalls(context: OllamaContext, reply: FinishedReply): object[] {
  return callsOf(reply).map((call, index) => ({
    index,
    id: call.id ?? `call_${context.state.ids.take(8).toLowerCase()}`,
    type: 'function',
    function: { name: call.name, arguments: argumentsText(call) },
  }));
}

const chat: OllamaHandler = {
  methods: ['POST'],
  async handle(context) {
    const ready = await prepare(context, (body) => chatPrompt(body, ['max_tokens']), checkChat);
    if (!ready) return;
    const { body, reply } = ready;
    const { exchange, simulator, script } = context;
    const id = context.state.chatId(script);
    const model = String(body['model']);
    if (wantsStream(body)) {
      const dialect = chatStream(context, { id, model, reply, hasUsage: wantsUsage(body) });
      return streamReply(exchange, simulator, reply, dialect, { headers: eventStream, flush: false });
    }
    if (!(await generateWhole(exchange, simulator, reply))) return;
    const failure = failureOf(reply);
    if (failure !== undefined) {
      sendError(context, 500, failure);
      return;
    }
    const calls = toolCalls(context, reply);
    const reasoning = joinText(reply, 'reasoning');
    const message = {
      role: 'assistant',
      content: joinText(reply, 'text'),
      ...(reasoning === '' ? {} : { reasoning }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    };
    exchange.sendJson(200, {
      id,
      object: 'chat.completion',
      created: epochSeconds(),
      model,
      system_fingerprint: 'fp_ollama',
      choices: [{ index: 0, message, finish_reason: reply.finishReason }],
      usage: usage(reply),
    });
  },
};

function chatStream(
  context: OllamaContext,
  facts: { id: string; model: string; reply: FinishedReply; hasUsage: boolean },
): StreamDialect {
  const { id, model, reply, hasUsage } = facts;
  const created = epochSeconds();
  const isLegacy = context.script.hasLegacyStream === true;
  const calls = toolCalls(context, reply);
  let isFirst = true;
  let left = reply.pieces.length;
  const chunk = (choices: object[], more: object = {}, name = model): string =>
    sse({
      id,
      object: 'chat.completion.chunk',
      created,
      model: name,
      system_fingerprint: 'fp_ollama',
      choices,
      ...more,
    });
  const choice = (delta: object, finish: string | null = null): object => ({ index: 0, delta, finish_reason: finish });
  return {
    start: () => '',
    piece: (piece) => {
      const role = isFirst || isLegacy ? { role: 'assistant' } : {};
      isFirst = false;
      left -= 1;
      const content =
        piece.kind === 'tool'
          ? { content: '', tool_calls: [calls[piece.index] ?? {}] }
          : piece.kind === 'text'
            ? { content: piece.text }
            : { content: '', reasoning: piece.text };
      return [chunk([choice({ ...role, ...content }, isLegacy && left === 0 ? reply.finishReason : null)])];
    },
    finish: () => [
      isLegacy ? '' : chunk([choice({}, reply.finishReason)]),
      hasUsage ? chunk([], { usage: usage(reply) }) : '',
      sseDone,
    ],
    // The /v1 writer reads the native error line as a chat answer: nothing of the message survives.
    fail: () => [chunk([choice({ role: 'assistant', content: '' })], {}, '')],
  };
}

const completions: OllamaHandler = {
  methods: ['POST'],
  async handle(context) {
    const ready = await prepare(
      context,
      (body) => completionPrompt(body, ['max_tokens']),
      (body) =>
        typeof body['prompt'] === 'string'
          ? undefined
          : 'json: cannot unmarshal array into Go struct field CompletionRequest.prompt of type string',
    );
    if (!ready) return;
    const { body, reply } = ready;
    const { exchange, simulator, script } = context;
    const head = {
      id: script.chatId ?? `cmpl-${context.state.ids.number(999)}`,
      object: 'text_completion',
      created: epochSeconds(),
      model: String(body['model']),
      system_fingerprint: 'fp_ollama',
    };
    const choice = (text: string, finish: string | null): object => ({ text, index: 0, finish_reason: finish });
    if (wantsStream(body)) {
      const zero = wantsUsage(body) ? { usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } } : {};
      const dialect: StreamDialect = {
        start: () => '',
        piece: (piece) => [piece.kind === 'text' ? sse({ ...head, choices: [choice(piece.text, null)], ...zero }) : ''],
        finish: () => [
          sse({ ...head, choices: [choice('', reply.finishReason)], ...zero }),
          wantsUsage(body) ? sse({ ...head, choices: [], usage: usage(reply) }) : '',
          sseDone,
        ],
        fail: () => [sse({ ...head, model: '', choices: [choice('', null)] })],
      };
      return streamReply(exchange, simulator, reply, dialect, { headers: eventStream, flush: false });
    }
    if (!(await generateWhole(exchange, simulator, reply))) return;
    exchange.sendJson(200, {
      ...head,
      choices: [choice(joinText(reply, 'text'), reply.finishReason)],
      usage: usage(reply),
    });
  },
};

const embeddings: OllamaHandler = {
  methods: ['POST'],
  async handle(context) {
    const { exchange, script, simulator } = context;
    const body = readBody(exchange, (message) => sendError(context, 400, message));
    if (!body) return;
    const { input, encoding_format: encoding, dimensions } = body;
    if (input === undefined || (Array.isArray(input) && input.length === 0)) {
      sendError(context, 400, 'invalid input');
      return;
    }
    const texts = typeof input === 'string' ? [input] : Array.isArray(input) ? (input as unknown[]) : [undefined];
    if (!texts.every((text) => typeof text === 'string')) {
      sendError(context, 400, 'invalid input type');
      return;
    }
    // Go reads null as absent
    if (encoding !== undefined && encoding !== null && encoding !== 'float' && encoding !== 'base64') {
      sendError(
        context,
        400,
        `Invalid value for 'encoding_format' = ${JSON.stringify(encoding)}. Supported values: ['float', 'base64'].`,
      );
      return;
    }
    const model = await acquireModel(context, body, { capability: 'embedding', word: 'embeddings' });
    if (!model) return;
    if (isRefusal(model)) {
      sendError(context, model.status, model.message);
      return;
    }
    if (!(await generateWhole(exchange, simulator, simulator.plan(exchange, { text: '', maxTokens: 0 })))) return;
    const length = script.embeddingLength ?? model.embeddingLength ?? 768;
    const count = texts.join(' ').split(/\s+/).length;
    exchange.sendJson(200, {
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

function modelEntry(model: OllamaModel): object {
  const created = Math.floor(Date.parse(modifiedAt(model).replace(/\.\d+/, '')) / 1000);
  const namespace = /^(?:.*\/)?([^/]+)\/[^/]+$/.exec(model.name)?.[1];
  return { id: model.name, object: 'model', created, owned_by: namespace ?? 'library' };
}

export const ollamaOpenAiRoutes: Readonly<Record<string, OllamaHandler>> = {
  '/v1/chat/completions': chat,
  '/v1/completions': completions,
  '/v1/embeddings': embeddings,
  '/v1/models': {
    methods: ['GET'],
    handle: ({ exchange, script }) => {
      // A nil slice in Go: `null`, not `[]`, when there is no model.
      const data = script.models.length === 0 ? null : script.models.map(modelEntry);
      exchange.sendJson(200, { object: 'list', data });
    },
  },
  '/v1/models/:model': {
    methods: ['GET'],
    handle: (context) => {
      const model = context.script.models.find(({ name }) => name === context.parameter);
      if (model) context.exchange.sendJson(200, modelEntry(model));
      else sendError(context, 404, `model '${context.parameter}' not found`);
    },
  },
  '/v1/messages': {
    methods: ['POST'],
    async handle(context) {
      const ready = await prepare(context, (body) => chatPrompt(body, ['max_tokens']), checkChat);
      if (!ready) return;
      const { body, reply } = ready;
      const facts = { id: `msg_${context.state.ids.take(24)}`, model: String(body['model']), reply };
      if (wantsStream(body)) {
        const options = { headers: eventStream, flush: false };
        return streamReply(context.exchange, context.simulator, reply, anthropicStream(facts), options);
      }
      if (!(await generateWhole(context.exchange, context.simulator, reply))) return;
      const failure = failureOf(reply);
      if (failure === undefined) context.exchange.sendJson(200, anthropicMessage(facts));
      else context.exchange.sendJson(500, { type: 'error', error: { type: 'api_error', message: failure } });
    },
  },
  '/v1/responses': {
    methods: ['POST'],
    async handle(context) {
      const ready = await prepare(context, responsesPrompt, (body) =>
        strangeTool(body) === undefined ? undefined : 'Failed to parse tools: Unsupported tool type',
      );
      if (!ready) return;
      const { body, reply } = ready;
      const facts = { id: context.state.ids.take(24), model: String(body['model']), reply };
      if (wantsStream(body)) {
        const options = { headers: eventStream, flush: false };
        return streamReply(
          context.exchange,
          context.simulator,
          reply,
          responsesStream(facts, { hasNumbers: true }),
          options,
        );
      }
      if (!(await generateWhole(context.exchange, context.simulator, reply))) return;
      const failure = failureOf(reply);
      if (failure === undefined) context.exchange.sendJson(200, responsesObject(facts));
      else sendError(context, 500, failure);
    },
  },
};
