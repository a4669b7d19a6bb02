import { isJsonObject, type JsonObject } from '../../repairs/json-object';

interface Fragments {
  readonly id: string | undefined;
  name: string;
  text: string;
}

/** What the calls of an answer come to in Ollama's form. */
export interface ToldCalls {
  /** Arguments as objects. */
  readonly calls: readonly JsonObject[];
  /** Calls whose arguments are no JSON object, as text: Ollama too leaves a call it cannot parse in the content. */
  readonly text: string;
}

/** Puts the tool calls of one answer together: engines send them in fragments, Ollama's clients want each whole. */
export class CalledTools {
  readonly #byIndex = new Map<number, Fragments>();

  /** `tool_calls` of a delta or of a whole message. */
  add(toolCalls: unknown): void {
    if (!Array.isArray(toolCalls)) return;
    toolCalls.filter(isJsonObject).forEach((call, at) => {
      const index = typeof call.index === 'number' ? call.index : at;
      const { name, arguments: text } = isJsonObject(call.function) ? call.function : {};
      let known = this.#byIndex.get(index);
      if (known === undefined) {
        known = { id: typeof call.id === 'string' ? call.id : undefined, name: '', text: '' };
        this.#byIndex.set(index, known);
      }
      if (typeof name === 'string' && name !== '') known.name = name;
      if (typeof text === 'string') known.text += text;
    });
  }

  told(): ToldCalls {
    const calls: JsonObject[] = [];
    let text = '';
    for (const call of this.#byIndex.values()) {
      const given = argumentsOf(call.text);
      if (given === undefined) text += JSON.stringify({ name: call.name, arguments: call.text });
      else {
        const called = { index: calls.length, name: call.name, arguments: given };
        calls.push({ ...(call.id === undefined ? {} : { id: call.id }), function: called });
      }
    }
    return { calls, text };
  }
}

function argumentsOf(text: string): JsonObject | undefined {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
