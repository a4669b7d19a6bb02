import type { JsonObject } from '../../repairs/json-object';
import { isAbsent, listAt, objectAt, RequestProblem, stringAt } from '../request-problem';
import { blocksOf, contentOf, joined, partOf, textOf, unsupported, type Part } from './request-content';

/** Claude Code's first system block: it changes with every request, so no engine could reuse its prompt cache. */
const billingMark = 'x-anthropic-billing-header:';

/** `system` and `messages` as chat messages of OpenAI's form. */
export function chatMessages({ system, messages }: JsonObject): readonly JsonObject[] {
  const chat = isAbsent(system) ? [] : systemMessage(system);
  listAt(messages, 'messages').forEach((value, at) => {
    const path = `messages.${at}`;
    const message = objectAt(value, path);
    const content = `${path}.content`;
    if (message.role === 'user') chat.push(...userMessages(message.content, content));
    else if (message.role === 'assistant') chat.push(assistantMessage(message.content, content));
    else if (message.role === 'system') chat.push({ role: 'system', content: textOf(message.content, content) });
    else throw new RequestProblem(`${path}.role`, "must be 'user', 'assistant' or 'system'.");
  });
  return chat;
}

function systemMessage(system: unknown): JsonObject[] {
  const blocks = blocksOf(system, 'system').filter(
    ({ text }) => typeof text !== 'string' || !text.startsWith(billingMark),
  );
  const content = textOf(blocks, 'system');
  return content === '' ? [] : [{ role: 'system', content }];
}

/** Results of tools become messages of their own, first: they must follow the calls at once. */
function userMessages(content: unknown, path: string): readonly JsonObject[] {
  const results: JsonObject[] = [];
  const parts: Part[] = [];
  blocksOf(content, path).forEach((block, at) => {
    if (block.type !== 'tool_result') parts.push(partOf(block, `${path}.${at}`));
    else results.push(toolMessage(block, `${path}.${at}`, parts));
  });
  const isSaid = parts.length > 0 || results.length === 0;
  return isSaid ? [...results, { role: 'user', content: contentOf(parts) }] : results;
}

/** A tool's message holds text only: its images follow in the user's. */
function toolMessage(block: JsonObject, path: string, userParts: Part[]): JsonObject {
  const id = stringAt(block.tool_use_id, `${path}.tool_use_id`);
  const texts: string[] = [];
  const inner = isAbsent(block.content) ? [] : blocksOf(block.content, `${path}.content`);
  inner.forEach((one, at) => {
    const part = partOf(one, `${path}.content.${at}`);
    if (part.type === 'text') texts.push(part.text);
    else userParts.push({ type: 'text', text: `Image of the tool result ${id}:` }, part);
  });
  const text = joined(texts);
  return { role: 'tool', tool_call_id: id, content: block.is_error === true ? `Error: ${text}` : text };
}

/** Reasoning goes back under both names that engines read; what was redacted cannot. */
function assistantMessage(content: unknown, path: string): JsonObject {
  const texts: string[] = [];
  const thoughts: string[] = [];
  const calls: JsonObject[] = [];
  blocksOf(content, path).forEach((block, at) => {
    const here = `${path}.${at}`;
    if (block.type === 'text') texts.push(stringAt(block.text, `${here}.text`));
    else if (block.type === 'thinking') thoughts.push(stringAt(block.thinking, `${here}.thinking`));
    else if (block.type === 'tool_use') calls.push(toolCall(block, here));
    else if (block.type !== 'redacted_thinking') throw unsupported(block, here);
  });
  const reasoning = joined(thoughts);
  const text = texts.join('');
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    ...(reasoning !== '' && { reasoning, reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function toolCall({ id, name, input }: JsonObject, path: string): JsonObject {
  return {
    id: stringAt(id, `${path}.id`),
    type: 'function',
    function: { name: stringAt(name, `${path}.name`), arguments: JSON.stringify(input ?? {}) },
  };
}
