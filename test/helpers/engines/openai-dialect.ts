import { epochSeconds } from './ids';
import { argumentsText, callsOf, joinText, type FinishedReply, type ToolCall } from './reply';
import { fragments, sse, sseDone, type StreamDialect } from './stream-reply';

/**
 * The points in which servers that speak the chat protocol closely differ from one another; vLLM, LM Studio and the
 * generic server are rows of this table.
 */
export interface OpenAiDialect {
  /** Field of the reasoning text; `think-tags` puts it into the content. */
  readonly reasoningField: 'reasoning' | 'reasoning_content' | 'think-tags';
  readonly repeatsRole: boolean;
  /** The first chunk is the role alone. */
  readonly hasRoleChunk: boolean;
  /** `finish_reason` in a chunk of its own, with an empty delta. */
  readonly hasFinishChunk: boolean;
  /** More fields of every choice of a chunk, and of every chunk. */
  readonly choiceExtras: object;
  readonly chunkExtras: object;
  /** More fields of the message, the choice and the answer of a whole answer. */
  readonly messageExtras: object;
  readonly wholeChoiceExtras: object;
  readonly wholeExtras: object;
  readonly usageExtras: object;
  readonly wholeCompletionChoiceExtras?: object;
  readonly wholeCompletionExtras?: object;
  /** Members of single chunks of a stream. */
  readonly streamExtras?: StreamExtras;
  /** Later fragments of a call repeat an empty name. */
  readonly repeatsEmptyName: boolean;
  /** The writes of a failure after the first byte. */
  readonly fail: (message: string) => readonly string[];
}

/** What only some chunks of a stream carry, after the members that all have. */
export interface StreamExtras {
  /** The first chunk, which tells the role. */
  readonly firstChunk: object;
  /** The choice of every chunk after it; of the one with the reason, besides. */
  readonly choice: object;
  readonly lastChoice: object;
  /** The last chunk of all. */
  readonly lastChunk: object;
  /** Deltas of a tool call. */
  readonly toolDelta: object;
  /** Instead of `usageExtras` where every chunk has the usage, and in the chunk at the end. */
  readonly runningUsage: object;
  readonly lastUsage: object;
  /** A choice of a completion. */
  readonly completionChoice: object;
}

export interface OpenAiAnswer {
  readonly id: string;
  readonly model: string;
  readonly reply: FinishedReply;
  readonly callId: (call: ToolCall, index: number) => string;
}

export function openAiUsage(
  dialect: OpenAiDialect,
  reply: FinishedReply,
  completed = reply.completionTokens,
  extras: object = dialect.usageExtras,
): object {
  return {
    prompt_tokens: reply.promptTokens,
    total_tokens: reply.promptTokens + completed,
    completion_tokens: completed,
    ...extras,
  };
}

export function openAiChat(dialect: OpenAiDialect, { id, model, reply, callId }: OpenAiAnswer): object {
  const reasoning = joinText(reply, 'reasoning');
  const text = joinText(reply, 'text');
  const calls = callsOf(reply).map((call, index) => ({
    id: callId(call, index),
    type: 'function',
    function: { name: call.name, arguments: argumentsText(call) },
  }));
  const isTagged = dialect.reasoningField === 'think-tags';
  const content = isTagged && reasoning !== '' ? `<think>${reasoning}</think>${text}` : text;
  const message = {
    role: 'assistant',
    content: content === '' && calls.length > 0 ? null : content,
    ...dialect.messageExtras,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...(isTagged || reasoning === '' ? {} : { [dialect.reasoningField]: reasoning }),
  };
  return {
    id,
    object: 'chat.completion',
    created: epochSeconds(),
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: reply.finishReason, ...dialect.wholeChoiceExtras }],
    usage: openAiUsage(dialect, reply),
    ...dialect.wholeExtras,
  };
}

export interface UsageWish {
  readonly atEnd: boolean;
  readonly inEveryChunk: boolean;
}

export function openAiChatStream(
  dialect: OpenAiDialect,
  { id, model, reply, callId }: OpenAiAnswer,
  usageWish: UsageWish,
): StreamDialect {
  const created = epochSeconds();
  let sent = 0;
  let left = reply.pieces.length;
  let isThinking = false;
  const extras = dialect.streamExtras;
  const chunk = (choices: object[], more: object = {}): string =>
    sse({
      id,
      object: 'chat.completion.chunk',
      created,
      model,
      ...dialect.chunkExtras,
      choices,
      ...(usageWish.inEveryChunk ? { usage: openAiUsage(dialect, reply, sent, extras?.runningUsage) } : {}),
      ...more,
    });
  const delta = (content: object, finish: string | null = null): string => {
    const own = finish === null ? extras?.choice : { ...extras?.lastChoice, ...extras?.choice };
    const end = finish === null || usageWish.atEnd ? {} : extras?.lastChunk;
    return chunk([{ index: 0, delta: content, ...dialect.choiceExtras, finish_reason: finish, ...own }], end);
  };
  const role = dialect.repeatsRole ? { role: 'assistant' } : {};
  // vLLM ends a text with its last piece, and a call with a chunk of its own.
  const hasFinishChunk = dialect.hasFinishChunk || (extras !== undefined && reply.pieces.at(-1)?.kind === 'tool');
  const lastFinish = (): string | null => (!hasFinishChunk && left === 0 ? reply.finishReason : null);
  return {
    start: () => {
      if (!dialect.hasRoleChunk) return '';
      const first = { index: 0, delta: { role: 'assistant', content: '' }, ...dialect.choiceExtras };
      return chunk([{ ...first, finish_reason: null }], extras?.firstChunk);
    },
    piece: (piece) => {
      sent += 1;
      left -= 1;
      if (piece.kind === 'tool') {
        const id = callId(piece.call, piece.index);
        const { name: called } = piece.call;
        const head = extras
          ? { id, type: 'function', index: piece.index, function: { name: called } }
          : { index: piece.index, id, type: 'function', function: { name: called, arguments: '' } };
        const name = dialect.repeatsEmptyName ? { name: '' } : {};
        const parts = fragments(argumentsText(piece.call));
        return [
          delta({ ...role, ...extras?.toolDelta, tool_calls: [head] }),
          ...parts.map((part, at) =>
            delta(
              {
                ...role,
                ...extras?.toolDelta,
                tool_calls: [{ index: piece.index, function: { ...name, arguments: part } }],
              },
              at === parts.length - 1 ? lastFinish() : null,
            ),
          ),
        ];
      }
      if (dialect.reasoningField !== 'think-tags') {
        const field = piece.kind === 'text' ? 'content' : dialect.reasoningField;
        return [delta({ ...role, [field]: piece.text }, lastFinish())];
      }
      const opening = piece.kind === 'reasoning' && !isThinking ? '<think>' : '';
      const closing = piece.kind === 'text' && isThinking ? '</think>' : '';
      isThinking = piece.kind === 'reasoning';
      return [delta({ ...role, content: opening + closing + piece.text }, lastFinish())];
    },
    finish: () => [
      hasFinishChunk || reply.pieces.length === 0 ? delta({}, reply.finishReason) : '',
      usageWish.atEnd ? chunk([], { usage: usageAtEnd(dialect, reply), ...extras?.lastChunk }) : '',
      sseDone,
    ],
    fail: dialect.fail,
  };
}

export function openAiCompletion(dialect: OpenAiDialect, { id, model, reply }: OpenAiAnswer): object {
  return {
    id: id.replace('chatcmpl', 'cmpl'),
    object: 'text_completion',
    created: epochSeconds(),
    model,
    choices: [
      {
        index: 0,
        text: joinText(reply, 'text'),
        logprobs: null,
        finish_reason: reply.finishReason,
        ...dialect.wholeCompletionChoiceExtras,
      },
    ],
    usage: openAiUsage(dialect, reply),
    ...dialect.wholeCompletionExtras,
  };
}

export function openAiCompletionStream(
  dialect: OpenAiDialect,
  { id, model, reply }: OpenAiAnswer,
  usageWish: UsageWish,
): StreamDialect {
  const head = { id: id.replace('chatcmpl', 'cmpl'), object: 'text_completion', created: epochSeconds(), model };
  const chunk = (text: string, finish: string | null): string =>
    sse({
      ...head,
      choices: [{ index: 0, text, logprobs: null, finish_reason: finish, ...dialect.streamExtras?.completionChoice }],
      ...(finish === null || usageWish.atEnd ? {} : dialect.streamExtras?.lastChunk),
    });
  return {
    start: () => '',
    piece: (piece) => [piece.kind === 'text' ? chunk(piece.text, null) : ''],
    finish: () => [
      chunk('', reply.finishReason),
      usageWish.atEnd
        ? sse({ ...head, choices: [], usage: usageAtEnd(dialect, reply), ...dialect.streamExtras?.lastChunk })
        : '',
      sseDone,
    ],
    fail: dialect.fail,
  };
}

function usageAtEnd(dialect: OpenAiDialect, reply: FinishedReply): object {
  return openAiUsage(dialect, reply, undefined, dialect.streamExtras?.lastUsage);
}
