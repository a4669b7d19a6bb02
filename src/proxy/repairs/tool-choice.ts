import { isJsonObject, type JsonObject } from './json-object';
import { chatRoutes, type Repair, type RequestChange } from './repair';

/**
 * A `tool_choice` that is an object, put as the string that LM Studio accepts (lmstudio-bug-tracker 670) and llama.cpp
 * heeds (objects count as `auto` there). Naming a tool means: only this one, and it must be called. So the others are
 * left out and the choice becomes `required`; the answer can be no different. What cannot be put so is refused.
 *
 * Ollama reads no choice at all (ENGINES 1.4). There the others are left out too, so that no other can be called; that
 * one is called cannot be had, and `x-flm-warning: tool-choice-not-forced` says so. `none` is `unwanted-tools`.
 */
export const toolChoice: Repair = {
  name: 'tool-choice',
  kinds: ['ollama', 'lmstudio', 'llamacpp'],
  routes: chatRoutes,
  request: (body, { kind }): RequestChange | undefined => {
    const choice = body.value('tool_choice');
    if (!isJsonObject(choice)) return undefined;
    const wish = wishOf(choice);
    const tools = body.value('tools');
    if (wish === undefined && kind === 'ollama') return undefined;
    if (wish === undefined || !Array.isArray(tools)) return refusal;
    const left = tools.filter((tool) => wish.names.includes(nameOf(tool)));
    if (left.length === 0) return refusal;
    if (kind !== 'ollama') return { set: { tools: left, tool_choice: wish.mode } };
    return left.length === tools.length ? undefined : { set: { tools: left } };
  },
  warn: ({ kind, request }) =>
    kind === 'ollama' && request.has('tool_choice') && isForced(request.value('tool_choice'))
      ? { before: () => 'tool-choice-not-forced' }
      : undefined,
};

function isForced(choice: unknown): boolean {
  return choice === 'required' || (isJsonObject(choice) && wishOf(choice)?.mode === 'required');
}

const refusal: RequestChange = {
  refuse:
    "This engine takes 'none', 'auto' or 'required' as tool_choice, or the name of one of the tools in the request.",
  param: 'tool_choice',
};

interface Wish {
  readonly mode: 'auto' | 'required';
  readonly names: readonly unknown[];
}

/** `{"type":"function","function":{"name"}}` or `{"type":"allowed_tools","allowed_tools":{"mode","tools"}}`. */
function wishOf(choice: JsonObject): Wish | undefined {
  const { type, allowed_tools: allowed } = choice;
  if (type === 'function') return { mode: 'required', names: [nameOf(choice)] };
  if (type !== 'allowed_tools' || !isJsonObject(allowed) || !Array.isArray(allowed.tools)) return undefined;
  const { mode } = allowed;
  return mode === 'auto' || mode === 'required' ? { mode, names: allowed.tools.map(nameOf) } : undefined;
}

function nameOf(tool: unknown): unknown {
  return isJsonObject(tool) && isJsonObject(tool.function) ? (tool.function.name ?? null) : null;
}
