import {
  applyEdits,
  createScanner,
  findNodeAtLocation,
  getNodeValue,
  modify,
  parse,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import { isDeepStrictEqual } from 'node:util';
import { refuse, type EditRefusal, type EditResult } from './config-edit';
import { indentOf, layoutOf, linesOf } from './text-lines';

/*
 * jsonc-parser's own edits lay neighbours out anew and stumble over trailing commas, so entries are spliced into the text
 * at the places the parser names, and the result is read again: anything but exactly the wanted change is refused.
 */

/** Of jsonc-parser's `SyntaxKind`, an ambient const enum that cannot be imported under `verbatimModuleSyntax`. */
const token = { closeBracket: 4, comma: 5, lineBreak: 14, endOfFile: 17 } as const;

type Path = readonly [] | readonly [string];

/**
 * In a JSON document with comments, replaces the entries of a list that are FLM's by new ones, where they stand; without
 * any, adds them at the end. `path` is the list's property, or nothing where the document is the list; it is made when
 * missing.
 */
export function replaceInList(
  text: string,
  path: Path,
  isOurs: (entry: unknown) => boolean,
  entries: readonly unknown[],
): EditResult {
  const { eol, bom, body } = layoutOf(text);
  const place = path[0] ?? '';
  const before = parseJson(body);
  if ('ok' in before) return before;
  if (path.length > 0 && before.type !== 'object') return refuse('unexpected', place);
  if (findNodeAtLocation(before, [...path]) === undefined) {
    const made = applyEdits(body, modify(body, [...path], [], { formattingOptions: formatting(body, eol) }));
    return replaceInList(`${bom}${made}`, path, isOurs, entries);
  }
  const list = findNodeAtLocation(before, [...path]);
  if (list?.type !== 'array') return refuse('unexpected', place);
  const result = splice(
    body,
    list,
    (list.children ?? []).map((item) => isOurs(getNodeValue(item))),
    entries,
    eol,
  );
  const after = parseJson(result);
  const value = readJson(body);
  const old = (path[0] === undefined ? value : (value as Record<string, unknown>)[path[0]]) as readonly unknown[];
  const first = old.findIndex(isOurs);
  const others = old.flatMap((entry, index) => (isOurs(entry) ? (index === first ? entries : []) : [entry]));
  const wanted = withList(value, path, first === -1 ? [...old, ...entries] : others);
  const isAsWanted = !('ok' in after) && isDeepStrictEqual(readJson(result), wanted);
  return isAsWanted ? { ok: true, text: `${bom}${result}` } : refuse('not-editable', place);
}

/** The tree of a JSON document with comments, or where its mistake is. */
export function parseJson(text: string): Node | EditRefusal {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error === undefined && tree !== undefined) return tree;
  const before = linesOf(text.slice(0, error?.offset ?? 0));
  const line = before.at(-1)?.endsWith('\n') === true ? before.length + 1 : Math.max(1, before.length);
  const what = error === undefined ? 'ValueExpected' : printParseErrorCode(error.error);
  return refuse('unparsable', `${what}, line ${String(line)}`);
}

function splice(text: string, list: Node, ours: readonly boolean[], entries: readonly unknown[], eol: string): string {
  const items = list.children ?? [];
  const base = indentOfLineAt(text, list.offset);
  const unit = indentOf(text);
  const indent = items.map((item) => ownIndent(text, item.offset)).find((own) => own !== undefined) ?? base + unit;
  const written = entries
    .map((entry) => JSON.stringify(entry, undefined, unit).split('\n').join(`${eol}${indent}`))
    .join(`,${eol}${indent}`);
  const places = items.filter((_, index) => ours[index]);
  const [first, ...rest] = places;
  if (first !== undefined) {
    let result = text;
    for (const item of rest.reverse()) {
      const previous = items[items.indexOf(item) - 1];
      result = replaced(result, previous === undefined ? item.offset : endOf(previous), endOf(item), '');
    }
    return replaced(result, first.offset, endOf(first), written);
  }
  const last = items.at(-1);
  if (last === undefined) return insert(text, list.offset + 1, `${eol}${indent}${written}${eol}${base}`);
  const { lineEnd, hasComma } = restOfLine(text, endOf(last));
  const added = insert(text, lineEnd, `${eol}${indent}${written}${hasComma ? ',' : ''}`);
  return hasComma ? added : insert(added, endOf(last), ',');
}

/** From the end of the last item: where its line, with comments on it, ends, and whether a comma follows it. */
function restOfLine(text: string, from: number): { readonly lineEnd: number; readonly hasComma: boolean } {
  const scanner = createScanner(text, false);
  scanner.setPosition(from);
  let lineEnd: number | undefined;
  let hasComma = false;
  for (;;) {
    const kind: number = scanner.scan();
    if (kind === token.lineBreak) lineEnd ??= scanner.getTokenOffset();
    else if (kind === token.comma) {
      hasComma = true;
      // A comma on a line of its own belongs before what is added.
      if (lineEnd !== undefined) return { lineEnd: scanner.getTokenOffset() + 1, hasComma };
    } else if (kind === token.closeBracket || kind === token.endOfFile) {
      return { lineEnd: lineEnd ?? scanner.getTokenOffset(), hasComma };
    }
  }
}

/** Spaces before something that is the first on its line. */
function ownIndent(text: string, offset: number): string | undefined {
  return /(?:^|\n)([ \t]*)$/.exec(text.slice(0, offset))?.[1];
}

function indentOfLineAt(text: string, offset: number): string {
  return /(?:^|\n)([ \t]*)[^\n]*$/.exec(text.slice(0, offset))?.[1] ?? '';
}

function endOf(node: Node): number {
  return node.offset + node.length;
}

function insert(text: string, at: number, what: string): string {
  return replaced(text, at, at, what);
}

function replaced(text: string, from: number, to: number, by: string): string {
  return text.slice(0, from) + by + text.slice(to);
}

function readJson(text: string): unknown {
  return parse(text, [], { allowTrailingComma: true }) as unknown;
}

function withList(value: unknown, path: Path, list: unknown): unknown {
  return path[0] === undefined ? list : { ...(value as object), [path[0]]: list };
}

function formatting(text: string, eol: string): { eol: string; insertSpaces: boolean; tabSize: number } {
  const unit = indentOf(text);
  return { eol, insertSpaces: unit !== '\t', tabSize: unit === '\t' ? 1 : unit.length };
}
