import { isJsonObject, type JsonObject } from '../../repairs/json-object';
import { countsInJson, type Usage } from '../../usage';
import type { StreamFormat } from '../dialect';
import { EventTap, type EventMeaning } from '../event-tap';
import { namedEvent } from '../named-event';

/** Streams of the Messages API (https://docs.anthropic.com/en/docs/build-with-claude/streaming). */
export const anthropicStreams: StreamFormat = {
  contentType: 'text/event-stream',
  ping: namedEvent('ping', { type: 'ping' }),
  tap: () => new EventTap(meaningOf),
};

/** A stream is whole with `message_stop`; a stop reason alone is not enough, its clients wait for the other. */
function meaningOf(event: JsonObject): EventMeaning {
  switch (event.type) {
    case 'message_start':
      return { usage: isJsonObject(event.message) ? usageOf(event.message.usage) : undefined };
    case 'content_block_delta':
      return { hasContent: true };
    case 'message_delta':
      return { usage: usageOf(event.usage) };
    case 'message_stop':
      return { hasFinished: true, isDone: true };
    case 'error':
      return { hasError: true };
    default:
      return {};
  }
}

const names = ['input_tokens', 'output_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'];

/** Usage in a whole answer. */
export function anthropicUsage(body: Buffer): Usage | undefined {
  return usageOf(countsInJson(body, '"usage"', names));
}

/** Cached tokens are part of the prompt, but not of `input_tokens`. Zeros at the start of a stream say nothing yet. */
function usageOf(usage: unknown): Usage | undefined {
  if (!isJsonObject(usage)) return undefined;
  const tokensIn =
    count(usage.input_tokens) + count(usage.cache_read_input_tokens) + count(usage.cache_creation_input_tokens);
  const tokensOut = count(usage.output_tokens);
  if (tokensIn + tokensOut === 0) return undefined;
  return { ...(tokensIn > 0 && { tokensIn }), ...(tokensOut > 0 && { tokensOut }) };
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;
}
