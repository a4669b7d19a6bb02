import type { ChatMessage, ChatTool } from './chat-message';
import { toOpenAiMessages } from './openai-messages';

export interface ChatRequest {
  /** Canonical model id. */
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ChatTool[];
  /** The model must call a tool. */
  readonly mustCallTool: boolean;
  /** Passed on as they are: `temperature`, `top_p`, `max_tokens`, whatever the engine knows. */
  readonly modelOptions: Readonly<Record<string, unknown>>;
}

/** Decided here, whatever the caller's options say. */
const reserved = new Set(['model', 'messages', 'stream', 'stream_options', 'tools', 'tool_choice', 'n']);

/** The body of the chat completion that answers the request as a stream with its usage at the end. */
export function chatRequestBody(request: ChatRequest): string {
  const options = Object.entries(request.modelOptions).filter(([name]) => !reserved.has(name));
  return JSON.stringify({
    ...Object.fromEntries(options),
    model: request.model,
    messages: toOpenAiMessages(request.messages),
    stream: true,
    stream_options: { include_usage: true },
    ...(request.tools.length > 0 && {
      tools: request.tools.map(toOpenAiTool),
      // Not the name of a single tool: LM Studio takes only the words.
      tool_choice: request.mustCallTool ? 'required' : 'auto',
    }),
  });
}

function toOpenAiTool(tool: ChatTool): object {
  const parameters = tool.inputSchema ?? { type: 'object', properties: {} };
  return { type: 'function', function: { name: tool.name, description: tool.description, parameters } };
}
