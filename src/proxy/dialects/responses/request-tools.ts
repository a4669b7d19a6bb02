import { isJsonObject, type JsonObject } from '../../repairs/json-object';
import { isAbsent, listAt, objectAt, RequestProblem, stringAt } from '../request-problem';

/** `tools`, `tool_choice` and `parallel_tool_calls` in the form of the chat API. */
export function chatTools(request: JsonObject): JsonObject {
  const { tools: given, tool_choice: choice, parallel_tool_calls: isParallel } = request;
  const all = isAbsent(given) ? [] : listAt(given, 'tools');
  const functions = all.map((value, at) => functionTool(objectAt(value, `tools.${at}`), `tools.${at}`));
  const chosen = isAbsent(choice) ? undefined : choiceOf(choice);
  const tools =
    chosen?.only === undefined ? functions : functions.filter(({ function: { name } }) => chosen.only?.has(name));
  if (tools.length === 0) return {};
  return {
    tools,
    ...(chosen !== undefined && { tool_choice: chosen.choice }),
    ...(typeof isParallel === 'boolean' && { parallel_tool_calls: isParallel }),
  };
}

interface FunctionTool {
  readonly type: 'function';
  readonly function: JsonObject & { readonly name: string };
}

/** Every other type runs at OpenAI, or has a form that only its models know. */
function functionTool(tool: JsonObject, path: string): FunctionTool {
  if (tool.type !== 'function') {
    const name = typeof tool.type === 'string' ? tool.type.slice(0, 60) : 'unknown';
    throw new RequestProblem(
      `${path}.type`,
      `tools of type '${name}' need OpenAI's servers; only functions work here.`,
    );
  }
  const { description, parameters, strict } = tool;
  return {
    type: 'function',
    function: {
      name: stringAt(tool.name, `${path}.name`),
      ...(!isAbsent(description) && { description }),
      parameters: isAbsent(parameters) ? { type: 'object', properties: {} } : parameters,
      ...(typeof strict === 'boolean' && { strict }),
    },
  };
}

interface Choice {
  readonly choice: unknown;
  /** Names of the only tools that may be called. */
  readonly only?: ReadonlySet<string>;
}

function choiceOf(given: unknown): Choice {
  if (given === 'auto' || given === 'none' || given === 'required') return { choice: given };
  const choice = isJsonObject(given) ? given : {};
  if (choice.type === 'function') {
    return { choice: { type: 'function', function: { name: stringAt(choice.name, 'tool_choice.name') } } };
  }
  if (choice.type !== 'allowed_tools') {
    throw new RequestProblem('tool_choice', "must be 'auto', 'none', 'required', a function or allowed tools.");
  }
  const tools = listAt(choice.tools, 'tool_choice.tools');
  const names = tools.map((tool, at) =>
    stringAt(objectAt(tool, `tool_choice.tools.${at}`).name, `tool_choice.tools.${at}.name`),
  );
  return { choice: choice.mode === 'required' ? 'required' : 'auto', only: new Set(names) };
}
