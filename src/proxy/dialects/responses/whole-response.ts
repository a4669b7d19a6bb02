import { choicesOf } from '../../repairs/choices';
import { isJsonObject, type JsonObject } from '../../repairs/json-object';
import { argumentsText, callsOf, functionOf, reasoningOf, saidText } from '../chat-parts';
import {
  callItem,
  ended,
  idOf,
  messageItem,
  reasoningItem,
  responseObject,
  type ResponseFacts,
} from './response-object';

/** A whole chat answer as a response; undefined when it has no message in it. */
export function wholeResponse(answer: JsonObject, facts: ResponseFacts): JsonObject | undefined {
  const choice = choicesOf(answer)[0];
  if (choice === undefined || !isJsonObject(choice.message)) return undefined;
  const { message, finish_reason: reason } = choice;
  const [thought, text] = [reasoningOf(message), saidText(message)];
  const output: JsonObject[] = [];
  if (thought !== '') output.push(reasoningItem(idOf('rs', facts, output.length), thought));
  if (text !== '') output.push(messageItem(idOf('msg', facts, output.length), text));
  for (const call of callsOf(message)) {
    const { name, arguments: given } = functionOf(call);
    const at = output.length;
    const callId = typeof call.id === 'string' && call.id !== '' ? call.id : idOf('call', facts, at);
    const called = typeof name === 'string' ? name : '';
    const id = idOf('fc', facts, at);
    output.push(callItem({ id, callId, name: called, text: argumentsText(given), origin: facts.origins.get(called) }));
  }
  return responseObject(facts, answer, ended(reason, output, answer.usage));
}
