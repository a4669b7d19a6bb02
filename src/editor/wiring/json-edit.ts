import { applyEdits, modify, parse, printParseErrorCode, type JSONPath, type ParseError } from 'jsonc-parser';
import { isDeepStrictEqual } from 'node:util';
import { refuse, type EditRefusal, type EditResult } from './config-edit';
import { indentOf, layoutOf, linesOf } from './text-lines';

/** A JSON document with comments, as VS Code and its extensions write them. */
export interface JsonDocument {
  readonly text: string;
  readonly value: unknown;
}

export function parseJson(text: string): JsonDocument | EditRefusal {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error === undefined) return { text, value };
  const before = linesOf(text.slice(0, error.offset));
  const line = Math.max(1, before.at(-1)?.endsWith('\n') === true ? before.length + 1 : before.length);
  return refuse('unparsable', `${printParseErrorCode(error.error)}, line ${String(line)}`);
}

/**
 * Replaces the entries of a list that are FLM's by new ones, and adds those that were not there at its end. `path` leads to
 * the list, which is made when it is missing. Everything else stays as it is written; checked by reading the result.
 */
export function replaceInList(
  text: string,
  path: JSONPath,
  isOurs: (entry: unknown) => boolean,
  entries: readonly unknown[],
): EditResult {
  const { eol, bom, body } = layoutOf(text);
  const indent = indentOf(body);
  const formattingOptions = { eol, insertSpaces: indent !== '\t', tabSize: indent === '\t' ? 1 : indent.length };
  const before = parseJson(body);
  if ('ok' in before) return before;
  const list = valueAt(before.value, path);
  if (list !== undefined && !Array.isArray(list)) return refuse('unexpected', path.join('.'));
  let result = body;
  const change = (at: JSONPath, value: unknown, isArrayInsertion = false) => {
    result = applyEdits(result, modify(result, at, value, { formattingOptions, isArrayInsertion }));
  };
  if (list === undefined) change(path, []);
  const old: readonly unknown[] = list ?? [];
  const ours = old.flatMap((entry, index) => (isOurs(entry) ? [index] : []));
  // From the end, so that the places of the others stay.
  for (const index of [...ours].reverse()) change([...path, index], undefined);
  const others = old.length - ours.length;
  entries.forEach((entry, index) => change([...path, others + index], entry, true));
  const after = parseJson(result);
  const expected = [...old.filter((entry) => !isOurs(entry)), ...entries];
  const isAsExpected = 'value' in after && isDeepStrictEqual(after.value, withValueAt(before.value, path, expected));
  return isAsExpected ? { ok: true, text: `${bom}${result}` } : refuse('not-editable', path.join('.'));
}

function valueAt(value: unknown, path: JSONPath): unknown {
  return path.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[name] : undefined),
    value,
  );
}

/** For lists at the top or in a property of the top, which is what tools have. */
function withValueAt(value: unknown, path: JSONPath, list: unknown): unknown {
  const [name] = path;
  return name === undefined ? list : { ...(value as object), [name]: list };
}
