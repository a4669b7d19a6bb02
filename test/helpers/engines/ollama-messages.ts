import { anthropicMessage, anthropicStream, type AnthropicStyle } from './anthropic-dialect';
import { messagesProblem } from './ollama-checks';
import { sendAnswer, sendError } from './ollama-errors';
import { prepare } from './ollama-openai';
import { streamHints } from './ollama-wire';
import type { OllamaHandler } from './ollama-state';
import { chatPrompt, wantsStream } from './openai-request';
import { failureOf } from './reply';
import { generateWhole, streamReply } from './stream-reply';

/** No stop sequence is ever told; a stream counts its prompt at its end, and only breaks off when it fails. */
const style: AnthropicStyle = {
  message: ({ id, model, content, stopReason, promptTokens, completionTokens }) => ({
    id,
    type: 'message',
    role: 'assistant',
    model,
    content,
    ...(stopReason === null ? {} : { stop_reason: stopReason }),
    usage: { input_tokens: promptTokens, output_tokens: completionTokens },
  }),
  end: ({ stopReason, promptTokens, completionTokens }) => ({
    delta: { stop_reason: stopReason },
    usage: { input_tokens: promptTokens, output_tokens: completionTokens },
  }),
  tellsFailure: false,
};

/** `POST /v1/messages` of Ollama. */
export const messages: OllamaHandler = {
  methods: ['POST'],
  async handle(context) {
    const ready = await prepare(context, {
      prompt: (body) => chatPrompt(body, ['max_tokens']),
      problem: messagesProblem,
      dialect: 'anthropic',
      hasHints: true,
    });
    if (!ready) return;
    const { body, reply } = ready;
    const { exchange, simulator } = context;
    const facts = { id: `msg_${context.state.ids.take(24)}`, model: String(body['model']), reply };
    if (wantsStream(body)) {
      const headers = { ...streamHints, 'Content-Type': 'text/event-stream' };
      return streamReply(exchange, simulator, reply, anthropicStream(facts, style), { headers, flush: false });
    }
    if (!(await generateWhole(exchange, simulator, reply))) return;
    const failure = failureOf(reply);
    if (failure === undefined) await sendAnswer(exchange, anthropicMessage(facts, style));
    else await sendError(context, 500, failure, 'anthropic');
  },
};
