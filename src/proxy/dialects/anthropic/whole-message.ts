import { choicesOf } from '../../repairs/choices';
import { isJsonObject, type JsonObject } from '../../repairs/json-object';
import { callsOf, functionOf, reasoningOf, saidText } from '../chat-parts';
import { callId, messageHead, messageUsage, signature, stopMembers, type MessageFacts } from './answer-parts';

/** A whole chat answer as a message; undefined when it has no message in it. */
export function wholeMessage(answer: JsonObject, facts: MessageFacts): JsonObject | undefined {
  const choice = choicesOf(answer)[0];
  if (choice === undefined || !isJsonObject(choice.message)) return undefined;
  const { message } = choice;
  const calls = callsOf(message);
  const [thinking, text] = [reasoningOf(message), saidText(message)];
  return {
    ...messageHead(facts, answer),
    content: [
      ...(thinking === '' ? [] : [{ type: 'thinking', thinking, signature }]),
      ...(text === '' ? [] : [{ type: 'text', text }]),
      ...calls.map((call, at) => toolUse(call, at, facts)),
    ],
    ...stopMembers(choice, calls.length > 0, facts),
    usage: messageUsage(answer.usage),
  };
}

function toolUse(call: JsonObject, at: number, facts: MessageFacts): JsonObject {
  const called = functionOf(call);
  return {
    type: 'tool_use',
    id: callId(call.id, facts, at),
    name: typeof called.name === 'string' ? called.name : '',
    input: inputOf(called.arguments),
  };
}

/** Arguments that are no JSON are handed on under the name that Anthropic's documentation gives them. */
function inputOf(text: unknown): JsonObject {
  if (isJsonObject(text)) return text;
  if (typeof text !== 'string' || text.trim() === '') return {};
  try {
    const input: unknown = JSON.parse(text);
    return isJsonObject(input) ? input : { INVALID_JSON: text };
  } catch {
    return { INVALID_JSON: text };
  }
}
