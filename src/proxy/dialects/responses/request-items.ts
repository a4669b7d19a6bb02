import { isJsonObject, type JsonObject } from '../../repairs/json-object';
import { isAbsent, listAt, objectAt, RequestProblem, stringAt } from '../request-problem';
import { calledName, customInput } from './tool-origins';

type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: JsonObject & { readonly url: string } };

/** `instructions` and `input` as chat messages. */
export function chatMessages({ instructions, input }: JsonObject): readonly JsonObject[] {
  const chat = new Chat();
  if (!isAbsent(instructions)) chat.say('system', stringAt(instructions, 'instructions'));
  if (typeof input === 'string') chat.say('user', input);
  else listAt(input, 'input').forEach((item, at) => chat.item(objectAt(item, `input.${at}`), `input.${at}`));
  return chat.messages();
}

/** Items join into messages: what the assistant thought, said and called before it was answered is one. */
class Chat {
  readonly #messages: JsonObject[] = [];
  /** The assistant's message that is being gathered. */
  #turn: { reasoning: string[]; texts: string[]; calls: JsonObject[] } | undefined;

  messages(): readonly JsonObject[] {
    this.#endTurn();
    return this.#messages;
  }

  say(role: string, content: string | readonly Part[]): void {
    this.#endTurn();
    this.#messages.push({ role, content });
  }

  item(item: JsonObject, path: string): void {
    const type = item.type ?? 'message';
    if (type === 'message') this.#message(item, path);
    else if (type === 'function_call') this.#assistant().calls.push(toolCall(item, path));
    else if (type === 'custom_tool_call') this.#assistant().calls.push(customCall(item, path));
    else if (outputTypes.has(type)) this.#output(item, path);
    else if (type === 'reasoning') this.#assistant().reasoning.push(...thoughts(item));
    else {
      const name = typeof type === 'string' ? type.slice(0, 60) : 'unknown';
      throw new RequestProblem(`${path}.type`, `items of type '${name}' are not supported by this engine.`);
    }
  }

  #message({ role, content }: JsonObject, path: string): void {
    const parts = partsOf(content, `${path}.content`);
    if (role === 'assistant') this.#assistant().texts.push(textOf(parts));
    else if (role === 'user') this.say('user', contentOf(parts));
    else if (role === 'system' || role === 'developer') this.say('system', textOf(parts));
    else throw new RequestProblem(`${path}.role`, "must be 'user', 'assistant', 'system' or 'developer'.");
  }

  /** A tool's message holds text only: its images follow in one of the user's. */
  #output({ call_id: id, output }: JsonObject, path: string): void {
    this.#endTurn();
    const callId = stringAt(id, `${path}.call_id`);
    const parts = partsOf(output, `${path}.output`);
    this.#messages.push({ role: 'tool', tool_call_id: callId, content: textOf(parts) });
    const images = parts.filter(({ type }) => type === 'image_url');
    if (images.length > 0) this.say('user', [{ type: 'text', text: `Images of the output of ${callId}:` }, ...images]);
  }

  #assistant() {
    this.#turn ??= { reasoning: [], texts: [], calls: [] };
    return this.#turn;
  }

  #endTurn(): void {
    if (this.#turn === undefined) return;
    const { reasoning, texts, calls } = this.#turn;
    this.#turn = undefined;
    const [thought, text] = [joined(reasoning), joined(texts)];
    if (text === '' && calls.length === 0) return; // a thought alone is no message
    this.#messages.push({
      role: 'assistant',
      content: text === '' ? null : text,
      ...(thought !== '' && { reasoning: thought, reasoning_content: thought }),
      ...(calls.length > 0 && { tool_calls: calls }),
    });
  }
}

const outputTypes = new Set<unknown>(['function_call_output', 'custom_tool_call_output']);

function toolCall(item: JsonObject, path: string): JsonObject {
  const { arguments: text } = item;
  return calling(item, path, isAbsent(text) ? '{}' : stringAt(text, `${path}.arguments`));
}

function customCall(item: JsonObject, path: string): JsonObject {
  return calling(item, path, JSON.stringify({ [customInput]: stringAt(item.input, `${path}.input`) }));
}

function calling({ call_id: id, name, namespace }: JsonObject, path: string, text: string): JsonObject {
  return {
    id: stringAt(id, `${path}.call_id`),
    type: 'function',
    function: { name: calledName(stringAt(name, `${path}.name`), namespace), arguments: text },
  };
}

/** Text of a reasoning item: its own words, else their summary. What is encrypted stays with its maker. */
function thoughts({ content, summary }: JsonObject): readonly string[] {
  for (const list of [content, summary]) {
    const texts = Array.isArray(list) ? list.map((part: unknown) => (isJsonObject(part) ? part.text : undefined)) : [];
    const said = texts.filter((text) => typeof text === 'string');
    if (said.length > 0) return said;
  }
  return [];
}

function partsOf(content: unknown, path: string): readonly Part[] {
  if (isAbsent(content)) return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return listAt(content, path).map((part, at) => partOf(objectAt(part, `${path}.${at}`), `${path}.${at}`));
}

const textTypes = new Set<unknown>(['input_text', 'output_text', 'text', 'summary_text']);

function partOf(part: JsonObject, path: string): Part {
  if (textTypes.has(part.type)) return { type: 'text', text: stringAt(part.text, `${path}.text`) };
  if (part.type === 'refusal') return { type: 'text', text: stringAt(part.refusal, `${path}.refusal`) };
  if (part.type === 'input_image') {
    if (isAbsent(part.image_url))
      throw new RequestProblem(`${path}.file_id`, 'no files are kept here. Send image_url.');
    const { detail } = part;
    const url = stringAt(part.image_url, `${path}.image_url`);
    return {
      type: 'image_url',
      image_url: { url, ...(typeof detail === 'string' && detail !== 'auto' && { detail }) },
    };
  }
  const name = typeof part.type === 'string' ? part.type.slice(0, 60) : 'unknown';
  throw new RequestProblem(`${path}.type`, `content of type '${name}' is not supported by this engine.`);
}

/** One string where there is only text: Ollama makes a message of each part. */
function contentOf(parts: readonly Part[]): string | readonly Part[] {
  return parts.every(({ type }) => type === 'text') ? textOf(parts) : parts;
}

function textOf(parts: readonly Part[]): string {
  return joined(parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])));
}

function joined(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join('\n\n');
}
