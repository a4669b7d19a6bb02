import { isJsonObject, type JsonObject } from '../../repairs/json-object';
import { isAbsent, listAt, objectAt, RequestProblem, stringAt } from '../request-problem';
import { calledName, customInput } from './tool-origins';

/** `tools`, `tool_choice` and `parallel_tool_calls` in the form of the chat API. */
export function chatTools(request: JsonObject): JsonObject {
  const { tools: given, tool_choice: choice, parallel_tool_calls: isParallel } = request;
  const offered = offeredTools(given);
  const functions = offered.flatMap(({ tool, path }) => functionTools(tool, path));
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

/**
 * Run at OpenAI, and offered by agents unasked (Codex). Beside tools of the client's own they are left out, and the
 * response's `tools` does not list them: the agent goes on with the others. Alone they are what the request is about.
 */
const hostedTypes = /^(?:web_search|image_generation|tool_search)(?:_|$)/;

interface OfferedTool {
  readonly tool: JsonObject;
  readonly path: string;
}

/** The tools the model is told of. */
function offeredTools(tools: unknown): readonly OfferedTool[] {
  const all = isAbsent(tools) ? [] : listAt(tools, 'tools');
  const given = all.map((value, at) => ({ tool: objectAt(value, `tools.${at}`), path: `tools.${at}` }));
  const own = given.filter(({ tool }) => !isHosted(tool));
  return own.length === 0 ? given : own;
}

function isHosted({ type }: JsonObject): boolean {
  return typeof type === 'string' && hostedTypes.test(type);
}

/** The `tools` of a request as its response tells them back. */
export function toldTools({ tools }: JsonObject): readonly unknown[] {
  return Array.isArray(tools) ? tools.filter((tool) => !isJsonObject(tool) || !isHosted(tool)) : [];
}

interface FunctionTool {
  readonly type: 'function';
  readonly function: JsonObject & { readonly name: string };
}

function functionTools(tool: JsonObject, path: string): readonly FunctionTool[] {
  if (tool.type !== 'namespace') return [functionTool(tool, path, undefined)];
  const namespace = stringAt(tool.name, `${path}.name`);
  return listAt(tool.tools, `${path}.tools`).map((one, at) => {
    const here = `${path}.tools.${at}`;
    return functionTool(objectAt(one, here), here, namespace);
  });
}

/** Every type but these runs at OpenAI, or has a form that only its models know. */
function functionTool(tool: JsonObject, path: string, namespace: string | undefined): FunctionTool {
  if (tool.type === 'custom') return customTool(tool, path, namespace);
  if (tool.type !== 'function') {
    const name = typeof tool.type === 'string' ? tool.type.slice(0, 60) : 'unknown';
    throw new RequestProblem(
      `${path}.type`,
      `tools of type '${name}' need OpenAI's servers; only functions, custom tools and namespaces of them work here.`,
    );
  }
  const { description, parameters, strict } = tool;
  return {
    type: 'function',
    function: {
      name: calledName(stringAt(tool.name, `${path}.name`), namespace),
      ...(!isAbsent(description) && { description }),
      parameters: isAbsent(parameters) ? { type: 'object', properties: {} } : parameters,
      ...(typeof strict === 'boolean' && { strict }),
    },
  };
}

/** A tool that takes free text: a function of one text. A grammar for it is told, not enforced. */
function customTool(tool: JsonObject, path: string, namespace: string | undefined): FunctionTool {
  const { description, format } = tool;
  const grammar = isJsonObject(format) && typeof format.definition === 'string' ? format.definition : undefined;
  const texts = [description, grammar === undefined ? undefined : `The input follows this grammar:\n${grammar}`];
  const said = texts.filter((text) => typeof text === 'string').join('\n\n');
  return {
    type: 'function',
    function: {
      name: calledName(stringAt(tool.name, `${path}.name`), namespace),
      ...(said !== '' && { description: said }),
      parameters: { type: 'object', properties: { [customInput]: { type: 'string' } }, required: [customInput] },
    },
  };
}

interface Choice {
  readonly choice: unknown;
  /** Names of the only tools that may be called. */
  readonly only?: ReadonlySet<string>;
}

const namedTypes = new Set<unknown>(['function', 'custom']);

function choiceOf(given: unknown): Choice {
  if (given === 'auto' || given === 'none' || given === 'required') return { choice: given };
  const choice = isJsonObject(given) ? given : {};
  if (namedTypes.has(choice.type)) {
    return { choice: { type: 'function', function: { name: nameAt(choice, 'tool_choice') } } };
  }
  if (choice.type !== 'allowed_tools') {
    throw new RequestProblem('tool_choice', "must be 'auto', 'none', 'required', a function or allowed tools.");
  }
  const tools = listAt(choice.tools, 'tool_choice.tools');
  const names = tools.map((tool, at) => {
    const path = `tool_choice.tools.${at}`;
    return nameAt(objectAt(tool, path), path);
  });
  return { choice: choice.mode === 'required' ? 'required' : 'auto', only: new Set(names) };
}

function nameAt({ name, namespace }: JsonObject, path: string): string {
  return calledName(stringAt(name, `${path}.name`), namespace);
}
