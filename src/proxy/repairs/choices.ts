import { isJsonObject, mapItems, mapMember, type JsonObject } from './json-object';

/** Puts every choice of an answer or chunk through `change`; the same object when none changed. */
export function mapChoices(answer: JsonObject, change: (choice: JsonObject, index: number) => JsonObject): JsonObject {
  const { choices } = answer;
  if (!Array.isArray(choices)) return answer;
  const next = mapItems(choices, (choice, at) =>
    isJsonObject(choice) ? change(choice, choiceIndex(choice, at)) : choice,
  );
  return next === choices ? answer : { ...answer, choices: next };
}

/** Puts what each choice says, `delta` of a chunk or `message` of a whole answer, through `change`. */
export function mapParts(answer: JsonObject, change: (part: JsonObject, index: number) => JsonObject): JsonObject {
  return mapChoices(answer, (choice, index) => {
    const withDelta = mapMember(choice, 'delta', (delta) => change(delta, index));
    return mapMember(withDelta, 'message', (message) => change(message, index));
  });
}

export function choicesOf(answer: JsonObject): readonly JsonObject[] {
  return Array.isArray(answer.choices) ? answer.choices.filter(isJsonObject) : [];
}

/** The number of a choice; its place where an engine leaves it out. */
export function choiceIndex(choice: JsonObject, at: number): number {
  return typeof choice.index === 'number' ? choice.index : at;
}

/** A choice carries text, reasoning or a tool call. */
export function saysSomething(choice: JsonObject): boolean {
  const part = isJsonObject(choice.delta) ? choice.delta : isJsonObject(choice.message) ? choice.message : choice;
  const { content, text, reasoning, reasoning_content: thought, tool_calls: calls, refusal } = part;
  const isSaid = [content, text, reasoning, thought, refusal].some(
    (value) => typeof value === 'string' && value !== '',
  );
  return isSaid || (Array.isArray(calls) && calls.length > 0);
}
