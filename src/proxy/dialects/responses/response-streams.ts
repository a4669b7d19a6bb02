import { isJsonObject, type JsonObject } from '../../repairs/json-object';
import { countsInJson, readUsage, type Usage } from '../../usage';
import { pingComment } from '../../heartbeat';
import type { StreamFormat } from '../dialect';
import { EventTap, type EventMeaning } from '../event-tap';

/** Streams of the Responses API (https://platform.openai.com/docs/api-reference/responses-streaming). */
export const responseStreams: StreamFormat = {
  contentType: 'text/event-stream',
  ping: pingComment,
  tap: () => new EventTap(meaningOf),
};

const lastEvents = new Set<unknown>(['response.completed', 'response.incomplete', 'response.failed']);

function meaningOf(event: JsonObject): EventMeaning {
  const { type, response, error, message } = event;
  if (Boolean(error) || typeof type !== 'string') return { hasError: Boolean(error) };
  if (type.endsWith('.delta')) return { hasContent: true };
  // Who reads events one by one is only stopped by a member `error`: FLM says it again in that form
  if (type === 'error') return { hiddenError: typeof message === 'string' ? message : '' };
  if (!lastEvents.has(type)) return {};
  const usage = isJsonObject(response) ? usageOf(response.usage) : undefined;
  return { hasFinished: true, isDone: true, hasError: type === 'response.failed', usage };
}

/** Usage in a whole answer. */
export function responseUsage(body: Buffer): Usage | undefined {
  return usageOf(countsInJson(body, '"usage"', ['input_tokens', 'output_tokens']));
}

function usageOf(usage: unknown): Usage | undefined {
  if (!isJsonObject(usage)) return undefined;
  return readUsage({ prompt_tokens: usage.input_tokens, completion_tokens: usage.output_tokens });
}
