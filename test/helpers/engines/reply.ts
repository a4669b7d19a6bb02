/** A function call the simulated model makes. */
export interface ToolCall {
  readonly name: string;
  /** An object is sent as JSON text where the engine's wire has text. */
  readonly arguments: object | string;
  readonly id?: string;
}

/** What the simulated model says to one request. */
export interface Reply {
  /** The text, cut into tokens by {@link tokenize}; an array is sent token by token as given. */
  readonly text?: string | readonly string[];
  readonly reasoning?: string | readonly string[];
  readonly toolCalls?: readonly ToolCall[];
  /** Default: `tool_calls` when there are calls, `length` when the limit was reached, else `stop`. */
  readonly finishReason?: string | null;
  readonly promptTokens?: number;
  readonly completionTokens?: number;
  /** The engine fails after so many tokens, in the way this engine reports it (0: before the first one). */
  readonly failAfterTokens?: number;
  readonly failMessage?: string;
}

/** A request as far as the generator needs it. */
export interface Prompt {
  readonly text: string;
  readonly maxTokens?: number;
}

/** One step of an answer. */
export type Piece =
  | { readonly kind: 'reasoning'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tool'; readonly index: number; readonly call: ToolCall }
  | { readonly kind: 'error'; readonly message: string };

export interface FinishedReply {
  readonly pieces: readonly Piece[];
  readonly finishReason: string | null;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly reasoningTokens: number;
}

/** Words with their leading space; every code point of scripts without spaces alone. No byte is lost. */
export function tokenize(text: string): string[] {
  return (
    text.match(
      /\s*[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]|\s*[^\s\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]+|\s+/gu,
    ) ?? []
  );
}

/** The default answer: deterministic, and it shows which prompt it belongs to. */
export function echo(prompt: Prompt): Reply {
  const question = Array.from(prompt.text.replaceAll(/\s+/g, ' ').trim()).slice(0, 80).join('');
  return { text: `You said: ${question}. This is a simulated answer, sent one token at a time.` };
}

/** Turns a scripted reply into the steps every simulator sends, in order: reasoning, text, tool calls. */
export function planReply(reply: Reply, prompt: Prompt): FinishedReply {
  const reasoning = tokensOf(reply.reasoning);
  const words = tokensOf(reply.text);
  const limit = prompt.maxTokens !== undefined && prompt.maxTokens >= 0 ? prompt.maxTokens : Number.POSITIVE_INFINITY;
  const all: Piece[] = [
    ...reasoning.map((text): Piece => ({ kind: 'reasoning', text })),
    ...words.map((text): Piece => ({ kind: 'text', text })),
  ];
  const kept = all.slice(0, limit);
  const isCutShort = kept.length < all.length;
  const calls = isCutShort ? [] : (reply.toolCalls ?? []);
  const pieces = [...kept, ...calls.map((call, index): Piece => ({ kind: 'tool', index, call }))];
  const failAt = reply.failAfterTokens;
  const failed =
    failAt === undefined
      ? pieces
      : [...pieces.slice(0, failAt), { kind: 'error', message: reply.failMessage ?? 'simulated failure' } as const];
  const natural = calls.length > 0 ? 'tool_calls' : isCutShort ? 'length' : 'stop';
  return {
    pieces: failed,
    finishReason: reply.finishReason === undefined ? natural : reply.finishReason,
    promptTokens: reply.promptTokens ?? Math.max(1, tokenize(prompt.text).length),
    completionTokens: reply.completionTokens ?? kept.length + calls.length * 8,
    reasoningTokens: Math.min(reasoning.length, kept.length),
  };
}

/** The JSON text of a call's arguments. */
export function argumentsText(call: ToolCall): string {
  return typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments);
}

/** Joins the text of one kind. */
export function joinText(reply: FinishedReply, kind: 'reasoning' | 'text'): string {
  return reply.pieces.map((piece) => (piece.kind === kind ? piece.text : '')).join('');
}

/** The calls of a reply, in order. */
export function callsOf(reply: FinishedReply): readonly ToolCall[] {
  return reply.pieces.flatMap((piece) => (piece.kind === 'tool' ? [piece.call] : []));
}

/** The failure of a reply that is not streamed, or fails before its first token. */
export function failureOf(reply: FinishedReply): string | undefined {
  return reply.pieces.flatMap((piece) => (piece.kind === 'error' ? [piece.message] : []))[0];
}

function tokensOf(text: string | readonly string[] | undefined): readonly string[] {
  if (text === undefined) return [];
  return typeof text === 'string' ? tokenize(text) : text;
}
