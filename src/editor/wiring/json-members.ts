import { applyEdits, modify, parse } from 'jsonc-parser';
import { isDeepStrictEqual } from 'node:util';
import { refuse, type EditResult } from './config-edit';
import { parseJson } from './json-edit';
import { indentOf, layoutOf } from './text-lines';

/** A member of nested objects, by the names that lead to it. */
export interface JsonMemberEdit {
  readonly path: readonly [string, ...string[]];
  readonly value: unknown;
}

/**
 * In a JSON document with comments, sets members where they stand, or adds them, with the objects they are in. The result
 * is read again: anything but exactly that change is refused.
 */
export function setMembers(text: string | undefined, members: readonly JsonMemberEdit[]): EditResult {
  const { eol, bom, body } = layoutOf(text === undefined || text.trim() === '' ? '{}\n' : text);
  const tree = parseJson(body);
  if ('ok' in tree) return tree;
  const before = read(body);
  if (!isRecord(before)) return refuse('unexpected', members[0]?.path[0] ?? '');
  const unit = indentOf(body);
  const isTabs = unit.startsWith('\t');
  const formattingOptions = { eol, insertSpaces: !isTabs, tabSize: isTabs ? 1 : unit.length };
  let result = body;
  let wanted: unknown = before;
  for (const { path, value } of members) {
    const outer = memberAt(before, path.slice(0, -1));
    if (outer !== undefined && !isRecord(outer)) return refuse('unexpected', path.slice(0, -1).join('.'));
    result = applyEdits(result, modify(result, [...path], value, { formattingOptions }));
    wanted = withMember(wanted, path, value);
  }
  const isAsWanted = !('ok' in parseJson(result)) && isDeepStrictEqual(read(result), wanted);
  return isAsWanted ? { ok: true, text: `${bom}${result}` } : refuse('not-editable', members[0]?.path[0] ?? '');
}

type JsonRecord = Readonly<Record<string, unknown>>;

function read(text: string): unknown {
  return parse(text, [], { allowTrailingComma: true }) as unknown;
}

function memberAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((outer, name) => (isRecord(outer) ? outer[name] : outer), value);
}

function withMember(value: unknown, [name, ...rest]: readonly string[], member: unknown): JsonRecord {
  const outer = isRecord(value) ? value : {};
  const key = name ?? '';
  return { ...outer, [key]: rest.length === 0 ? member : withMember(outer[key], rest, member) };
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
