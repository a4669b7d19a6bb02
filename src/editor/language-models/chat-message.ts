/** A chat as FLM needs it: VS Code's message classes without VS Code, so that everything about them is a pure function. */
export type ChatPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly mimeType: string; readonly data: Uint8Array }
  | { readonly kind: 'tool-call'; readonly id: string; readonly name: string; readonly input: object }
  | { readonly kind: 'tool-result'; readonly id: string; readonly content: readonly ChatPart[] };

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly name?: string;
  readonly parts: readonly ChatPart[];
}

export interface ChatTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the input. */
  readonly inputSchema?: object;
}

/** What a model answers, piece by piece. */
export type ChatEvent =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tool-call'; readonly id: string; readonly name: string; readonly input: object }
  | { readonly kind: 'usage'; readonly usage: ChatUsage };

/** As OpenAI counts it (https://platform.openai.com/docs/api-reference/chat/object). */
export interface ChatUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}
