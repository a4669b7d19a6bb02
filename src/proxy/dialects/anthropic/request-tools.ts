import type { JsonObject } from '../../repairs/json-object';
import { isAbsent, listAt, objectAt, RequestProblem, stringAt } from '../request-problem';

/** `tools` and `tool_choice` in OpenAI's form. */
export function chatTools({ tools, tool_choice: choice }: JsonObject): JsonObject {
  const list = isAbsent(tools) ? [] : listAt(tools, 'tools');
  if (list.length === 0) return {};
  return {
    tools: list.map((value, at) => functionTool(objectAt(value, `tools.${at}`), `tools.${at}`)),
    ...(!isAbsent(choice) && toolChoice(objectAt(choice, 'tool_choice'))),
  };
}

/** Tools with a type of their own run at Anthropic, or have a form that only its models know. */
function functionTool(tool: JsonObject, path: string): JsonObject {
  if (!isAbsent(tool.type) && tool.type !== 'custom') {
    const name = typeof tool.type === 'string' ? tool.type.slice(0, 60) : 'unknown';
    throw new RequestProblem(`${path}.type`, `the tool '${name}' needs Anthropic's servers or models.`);
  }
  const { description, input_schema: schema, strict } = tool;
  return {
    type: 'function',
    function: {
      name: stringAt(tool.name, `${path}.name`),
      ...(!isAbsent(description) && { description }),
      parameters: isAbsent(schema) ? { type: 'object', properties: {} } : schema,
      ...(typeof strict === 'boolean' && { strict }),
    },
  };
}

function toolChoice(choice: JsonObject): JsonObject {
  const isSingle = choice.disable_parallel_tool_use === true;
  return {
    tool_choice: choiceOf(choice),
    ...(isSingle && choice.type !== 'none' && { parallel_tool_calls: false }),
  };
}

function choiceOf({ type, name }: JsonObject): unknown {
  if (type === 'auto' || type === 'none') return type;
  if (type === 'any') return 'required';
  if (type === 'tool') return { type: 'function', function: { name: stringAt(name, 'tool_choice.name') } };
  throw new RequestProblem('tool_choice.type', "must be 'auto', 'any', 'tool' or 'none'.");
}
