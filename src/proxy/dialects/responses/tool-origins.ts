import { isJsonObject, type JsonObject } from '../../repairs/json-object';

/** A tool as the client knows it, behind the one name that the model calls it by. */
export interface ToolOrigin {
  /** `custom`: takes free text instead of JSON. */
  readonly type: 'function' | 'custom';
  readonly name: string;
  readonly namespace?: string;
}

export type ToolOrigins = ReadonlyMap<string, ToolOrigin>;

/** The parameter that holds the text of a custom tool. */
export const customInput = 'input';

/** Engines know no namespaces: a tool of one gets both names, as Codex itself joined them before. */
export function calledName(name: string, namespace: unknown): string {
  if (typeof namespace !== 'string' || namespace === '') return name;
  return namespace.endsWith('_') ? `${namespace}${name}` : `${namespace}__${name}`;
}

/** Tools whose calls must be told in another form than the model made them; all others are absent. */
export function toolOrigins({ tools }: JsonObject): ToolOrigins {
  const origins = new Map<string, ToolOrigin>();
  for (const tool of listOf(tools)) {
    if (tool.type !== 'namespace') note(origins, tool, undefined);
    else if (typeof tool.name === 'string') for (const one of listOf(tool.tools)) note(origins, one, tool.name);
  }
  return origins;
}

function note(origins: Map<string, ToolOrigin>, { type, name }: JsonObject, namespace: string | undefined): void {
  if (typeof name !== 'string' || (type === 'function' && namespace === undefined)) return;
  if (type !== 'function' && type !== 'custom') return;
  origins.set(calledName(name, namespace), { type, name, ...(namespace !== undefined && { namespace }) });
}

function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** The text a custom tool was called with; a model that does not keep to JSON has said the text itself. */
export function customText(text: string): string {
  try {
    const given: unknown = JSON.parse(text);
    if (typeof given === 'string') return given;
    if (isJsonObject(given) && typeof given[customInput] === 'string') return given[customInput];
  } catch {
    // No JSON
  }
  return text;
}
