import { isDeepStrictEqual } from 'node:util';
import { load, YAMLException } from 'js-yaml';
import { refuse, type ConfigEdit, type EditRefusal, type ToolModel, type ToolSetup } from './config-edit';
import { layoutOf, linesOf } from './text-lines';

/*
 * Continue's `config.yaml` (https://docs.continue.dev/reference). YAML writers keep comments only in part and lay the rest
 * out anew, so the file is edited as text: FLM's models are a block between two comments at the end of `models`. A parser
 * reads the file before and after, and anything but exactly that change is refused.
 */

const beginMark = '# FLM models: begin. Written by "FLM: Set Up Continue"; run it again to refresh them.';
const endMark = '# FLM models: end.';
const beginLine = /^\s*# FLM models: begin\b/;
const endLine = /^\s*# FLM models: end\b/;

type Mapping = Readonly<Record<string, unknown>>;

export const editContinueYaml: ConfigEdit = (text, setup) => {
  if (text === undefined || text.trim() === '') return { ok: true, text: newFile(setup) };
  const { eol, bom, body } = layoutOf(text);
  const whole = readMapping(body);
  if (!whole.ok) return whole;
  const without = withoutBlock(linesOf(body));
  if (without === undefined) return refuse('not-editable', endMark);
  const before = readMapping(without.join(''));
  if (!before.ok) return before;
  const models = before.value.models ?? [];
  if (!Array.isArray(models)) return refuse('unexpected', 'models');
  const lines = insertBlock(without, setup, eol);
  if (lines === undefined) return refuse('not-editable', 'models');
  const result = lines.join('');
  const after = readMapping(result);
  const expected = { ...before.value, models: [...(models as unknown[]), ...setup.models.map(entryOf(setup))] };
  const isAsExpected = after.ok && isDeepStrictEqual(after.value, expected);
  return isAsExpected ? { ok: true, text: `${bom}${result}` } : refuse('not-editable', 'models');
};

function newFile(setup: ToolSetup): string {
  const head = ['name: Local Assistant', 'version: 1.0.0', 'schema: v1', 'models:'];
  return [...head, ...block(setup, '  ')].map((line) => `${line}\n`).join('');
}

function readMapping(text: string): { readonly ok: true; readonly value: Mapping } | EditRefusal {
  // js-yaml takes an empty document for an error.
  if (/^(\s*(#.*)?(\r?\n|$))*$/.test(text)) return { ok: true, value: {} };
  let value: unknown;
  try {
    value = load(text);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return refuse('unparsable', error.message.split('\n')[0] ?? '');
  }
  // A document that says nothing, such as `---`.
  if (value === undefined || value === null) return { ok: true, value: {} };
  return typeof value === 'object' && !Array.isArray(value)
    ? { ok: true, value: value as Mapping }
    : refuse('unexpected', 'config.yaml');
}

/** The lines without FLM's block; undefined when its end is missing. */
function withoutBlock(lines: readonly string[]): string[] | undefined {
  const begin = lines.findIndex((line) => beginLine.test(line));
  if (begin === -1) return [...lines];
  const end = lines.findIndex((line, index) => index > begin && endLine.test(line));
  return end === -1 ? undefined : [...lines.slice(0, begin), ...lines.slice(end + 1)];
}

/** Undefined: `models` is written in a way that a block cannot be added to (`[…]`, an anchor, an alias). */
function insertBlock(lines: readonly string[], setup: ToolSetup, eol: string): string[] | undefined {
  const ended = lines.map((line, index) =>
    index === lines.length - 1 && !line.endsWith('\n') ? `${line}${eol}` : line,
  );
  const key = ended.findIndex((line) => /^models\s*:/.test(line));
  const written = (indent: string) => block(setup, indent).map((line) => `${line}${eol}`);
  if (key === -1) return [...ended, `models:${eol}`, ...written('  ')];
  const head = /^(models\s*:)\s*(?:\[\s*\]|~|null)?\s*(#.*)?$/.exec(ended[key]?.trimEnd() ?? '');
  if (head === null) return undefined;
  const keyLine = [head[1], head[2]].filter(Boolean).join(' ');
  const last = lastOfBlock(ended, key);
  const body = ended.slice(key + 1, last + 1);
  const indent = body.map((line) => /^(\s*)-(\s|$)/.exec(line)?.[1]).find((found) => found !== undefined) ?? '  ';
  return [...ended.slice(0, key), `${keyLine}${eol}`, ...body, ...written(indent), ...ended.slice(last + 1)];
}

/** Index of the last line of the list below the key: blank lines and unindented comments after it belong to what follows. */
function lastOfBlock(lines: readonly string[], key: number): number {
  let last = key;
  for (let index = key + 1; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (/^(\s*|#.*)$/.test(line)) continue;
    if (!/^(\s|-(\s|$))/.test(line)) break;
    last = index;
  }
  return last;
}

function block(setup: ToolSetup, indent: string): string[] {
  const entries = setup.models.flatMap((model) => {
    const fields = Object.entries(entryOf(setup)(model)).map(([name, value]) => `${name}: ${flow(value)}`);
    return fields.map((field, index) => `${indent}${index === 0 ? '- ' : '  '}${field}`);
  });
  return [`${indent}${beginMark}`, ...entries, `${indent}${endMark}`];
}

/** JSON is YAML (1.2 §1.3), and quoted it needs no knowledge of what else would mean something. */
function flow(value: unknown): string {
  return JSON.stringify(value);
}

function entryOf({ endpoint, apiKey }: ToolSetup): (model: ToolModel) => Mapping {
  return (model) => {
    const abilities = [model.callsTools && 'tool_use', model.seesImages && 'image_input'].filter(Boolean);
    return {
      name: `FLM: ${model.name}`,
      provider: 'openai',
      model: model.id,
      apiBase: endpoint,
      apiKey,
      roles: ['chat', 'edit', 'apply'],
      ...(abilities.length > 0 && { capabilities: abilities }),
      defaultCompletionOptions: { contextLength: model.maxInputTokens + model.maxOutputTokens },
    };
  };
}
