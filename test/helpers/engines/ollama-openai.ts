import { embeddings } from './ollama-embeddings';
import { chatProblem, completionProblem, imageProblem } from './ollama-checks';
import { sendAnswer, sendEarlyFailure, sendError, sendProblem, sendRefusal, type ErrorDialect } from './ollama-errors';
import { epochSeconds } from './ids';
import { modifiedAt, taggedName, type OllamaModel } from './ollama-models';
import { acquireModel, isRefusal, readBody, type OllamaContext, type OllamaHandler } from './ollama-state';
import { chatPrompt, completionPrompt, wantsStream, wantsUsage, type JsonObject } from './openai-request';
import { argumentsText, callsOf, failureOf, joinText, type FinishedReply, type Prompt } from './reply';
import { generateWhole, sse, sseDone, streamReply, type StreamDialect } from './stream-reply';

const eventStream = { 'Content-Type': 'text/event-stream' };

/** How a route reads its request and words its refusals. */
interface Reading {
  readonly prompt: (body: JsonObject) => Prompt;
  /** What the middleware refuses. */
  readonly problem: (body: JsonObject) => string | undefined;
  readonly dialect?: ErrorDialect;
  /** Its streams carry `streamHints`. */
  readonly hasHints?: boolean;
}

/** Everything up to the generation. Undefined: answered, or the client has gone. */
export async function prepare(
  context: OllamaContext,
  { prompt, problem, dialect, hasHints }: Reading,
): Promise<{ body: JsonObject; reply: FinishedReply } | undefined> {
  const body = readBody(context.exchange, (message) => sendProblem(context, message, dialect));
  if (!body) return undefined;
  const refusal = problem(body);
  if (refusal !== undefined) {
    sendProblem(context, refusal, dialect);
    return undefined;
  }
  const insert = typeof body['suffix'] === 'string' && body['suffix'] !== '';
  const model = await acquireModel(context, body, { capability: 'completion', insert });
  if (!model) return undefined;
  if (isRefusal(model)) {
    await sendRefusal(context, model, dialect);
    return undefined;
  }
  const picture = imageProblem(body, model.capabilities ?? []);
  if (picture !== undefined) {
    await sendError(context, 400, picture, dialect);
    return undefined;
  }
  const reply = context.simulator.plan(context.exchange, prompt(body));
  if (reply.pieces[0]?.kind === 'error') {
    const message = failureOf(reply) ?? '';
    if (wantsStream(body))
      await sendEarlyFailure(context, message, { ...(dialect && { dialect }), hasHints: hasHints === true });
    else await sendError(context, 500, message, dialect);
    return undefined;
  }
  return { body, reply };
}

function usage(reply: FinishedReply): object {
  return {
    prompt_tokens: reply.promptTokens,
    completion_tokens: reply.completionTokens,
    total_tokens: reply.promptTokens + reply.completionTokens,
  };
}

function toolCalls(context: OllamaContext, reply: FinishedReply): object[] {
  return callsOf(reply).map((call, index) => ({
    id: call.id ?? `call_${context.state.ids.take(8).toLowerCase()}`,
    index,
    type: 'function',
    function: { name: call.name, arguments: argumentsText(call) },
  }));
}

const chat: OllamaHandler = {
  methods: ['POST'],
  async handle(context) {
    const ready = await prepare(context, { prompt: (body) => chatPrompt(body, ['max_tokens']), problem: chatProblem });
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
      await sendError(context, 500, failure);
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
    await sendAnswer(exchange, {
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
    fail: () => [chunk([choice({ ...(isLegacy ? { role: 'assistant' } : {}), content: '' })], {}, '')],
  };
}

const completions: OllamaHandler = {
  methods: ['POST'],
  async handle(context) {
    const ready = await prepare(context, {
      prompt: (body) => completionPrompt(body, ['max_tokens']),
      problem: completionProblem,
    });
    if (!ready) return;
    const { body, reply } = ready;
    const { exchange, simulator, script } = context;
    const id = script.chatId ?? `cmpl-${context.state.ids.number(999)}`;
    const created = epochSeconds();
    const answer = (choices: object[], more: object = {}, model = String(body['model'])): object => ({
      id,
      object: 'text_completion',
      created,
      choices,
      model,
      system_fingerprint: 'fp_ollama',
      ...more,
    });
    const choice = (text: string, finish: string | null): object => ({ text, index: 0, finish_reason: finish });
    if (wantsStream(body)) {
      const zero = wantsUsage(body) ? { usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } } : {};
      const dialect: StreamDialect = {
        start: () => '',
        piece: (piece) => [piece.kind === 'text' ? sse(answer([choice(piece.text, null)], zero)) : ''],
        finish: () => [
          sse(answer([choice('', reply.finishReason)], zero)),
          wantsUsage(body) ? sse(answer([], { usage: usage(reply) })) : '',
          sseDone,
        ],
        fail: () => [sse(answer([choice('', null)], {}, ''))],
      };
      return streamReply(exchange, simulator, reply, dialect, { headers: eventStream, flush: false });
    }
    if (!(await generateWhole(exchange, simulator, reply))) return;
    await sendAnswer(exchange, answer([choice(joinText(reply, 'text'), reply.finishReason)], { usage: usage(reply) }));
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
      return sendAnswer(exchange, { object: 'list', data });
    },
  },
  '/v1/models/:model': {
    methods: ['GET'],
    handle: (context) => {
      const model = context.script.models.find(({ name }) => name === context.parameter);
      if (model) return sendAnswer(context.exchange, modelEntry(model));
      return sendError(context, 404, `model '${taggedName(context.parameter)}' not found`);
    },
  },
};
