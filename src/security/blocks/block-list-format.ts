import type { Block } from '../../core/block';
import { parseRange } from '../../core/ip-range';
import type { NewBlock } from './new-block';

export type BlockListFormat = 'plain' | 'csv' | 'json';

/** One entry of an imported list, with where it stood. */
export interface ImportedEntry extends NewBlock {
  readonly line: number;
}

export interface ParsedBlockList {
  readonly entries: readonly ImportedEntry[];
  readonly refused: readonly { readonly line: number; readonly text: string; readonly why: string }[];
}

/** Lines read of one list; more is cut and said so. */
export const maxImportLines = 200_000;

type Row = Readonly<Record<string, unknown>>;

/**
 * Reads a block list: one range a line (`#` and `;` begin comments), CSV with a header that has `range`, `ip`, `value`
 * or `address`, or JSON: our own export, or decisions as CrowdSec prints them (`cscli decisions list -o json`). Never
 * throws; what cannot be used is named with its line.
 *
 * @param now epoch ms, for durations
 */
export function parseBlockList(text: string, now: number): ParsedBlockList {
  const trimmed = text.replace(/^\ufeff/, '').trim();
  if (trimmed.startsWith('[') || trimmed.startsWith('{')) return parseJson(trimmed, now);
  const lines = trimmed.split(/\r?\n/);
  const header = (lines[0] ?? '').toLowerCase();
  const isCsv = header.includes(',') && /(?:^|,)"?(?:range|ip|value|address)"?(?:,|$)/.test(header);
  return isCsv ? parseCsv(lines, now) : parsePlain(lines);
}

/** Writes a list that {@link parseBlockList} reads back. */
export function formatBlockList(blocks: readonly Block[], format: BlockListFormat): string {
  if (format === 'json') return `${JSON.stringify({ version: 1, blocks }, null, 2)}\n`;
  if (format === 'plain') return blocks.map(({ range }) => `${range}\n`).join('');
  const rows = blocks.map((block) =>
    [
      block.range,
      block.rule,
      block.reason,
      block.note ?? '',
      block.expiresAt === undefined ? '' : new Date(block.expiresAt).toISOString(),
      block.source,
    ]
      .map(csvCell)
      .join(','),
  );
  return ['range,rule,reason,note,expires,source', ...rows, ''].join('\r\n');
}

function parsePlain(lines: readonly string[]): ParsedBlockList {
  const list = new Collector();
  lines.slice(0, maxImportLines).forEach((line, index) => {
    const [value = '', ...comment] = line.split(/[#;]/);
    if (value.trim() === '') return;
    const note = comment.join(' ').trim();
    list.add(index + 1, line, { range: value.trim(), ...(note === '' ? {} : { note }) });
  });
  list.cut(lines.length);
  return list.result();
}

function parseCsv(lines: readonly string[], now: number): ParsedBlockList {
  const list = new Collector();
  const names = splitCsv(lines[0] ?? '').map((name) => name.trim().toLowerCase());
  lines.slice(1, maxImportLines).forEach((line, index) => {
    if (line.trim() === '') return;
    const cells = splitCsv(line);
    const row: Record<string, string> = {};
    names.forEach((name, at) => (row[name] = cells[at]?.trim() ?? ''));
    addRow(list, index + 2, line, row, now);
  });
  list.cut(lines.length);
  return list.result();
}

function parseJson(text: string, now: number): ParsedBlockList {
  const list = new Collector();
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    list.refuse(1, text, 'is no JSON');
    return list.result();
  }
  const rows = flatten(data);
  rows.slice(0, maxImportLines).forEach((row, index) => {
    if (typeof row === 'string') list.add(index + 1, row, { range: row });
    else if (isRow(row)) addRow(list, index + 1, JSON.stringify(row), row, now);
    else list.refuse(index + 1, JSON.stringify(row), 'is no entry');
  });
  list.cut(rows.length);
  return list.result();
}

/** Arrays of entries, `{blocks: […]}`, and alerts that each hold decisions. */
function flatten(data: unknown): readonly unknown[] {
  if (isRow(data)) return flatten(data['blocks'] ?? data['decisions'] ?? [data]);
  if (!Array.isArray(data)) return [];
  return data.flatMap((item: unknown) =>
    isRow(item) && Array.isArray(item['decisions']) ? (item['decisions'] as unknown[]) : [item],
  );
}

function addRow(list: Collector, line: number, text: string, row: Row, now: number): void {
  const of = (...names: string[]): string => {
    for (const name of names) {
      const value = row[name];
      if (typeof value === 'string' && value !== '') return value;
      if (typeof value === 'number') return String(value);
    }
    return '';
  };
  const type = of('type').toLowerCase();
  if (type !== '' && type !== 'ban') {
    list.refuse(line, text, `decisions of type ${type.slice(0, 20)} are not used`);
    return;
  }
  const scope = of('scope').toLowerCase();
  if (scope !== '' && scope !== 'ip' && scope !== 'range') {
    list.refuse(line, text, `scope ${scope.slice(0, 20)} is not used`);
    return;
  }
  const expiresAt = expiry(row, of, now);
  if (expiresAt === null) {
    list.refuse(line, text, 'has an expiry that is no time');
    return;
  }
  if (expiresAt !== undefined && expiresAt <= now) {
    list.refuse(line, text, 'has already ended');
    return;
  }
  const note = of('note', 'origin');
  list.add(line, text, {
    range: of('range', 'value', 'ip', 'address'),
    reason: of('reason', 'scenario'),
    ...(note === '' ? {} : { note }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  });
}

function expiry(row: Row, of: (...names: string[]) => string, now: number): number | undefined | null {
  const absolute = row['expiresAt'];
  if (typeof absolute === 'number') return absolute;
  const until = of('expires', 'expiresat', 'until', 'expiration');
  if (until !== '') {
    const at = Date.parse(until);
    return Number.isNaN(at) ? null : at;
  }
  const duration = of('duration');
  if (duration === '') return undefined;
  const parts = [...duration.matchAll(/(-?\d+(?:\.\d+)?)(ms|us|µs|ns|h|m|s|d)/g)];
  if (parts.length === 0) return null;
  const unit: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  return now + parts.reduce((sum, [, amount, name]) => sum + Number(amount) * (unit[name ?? ''] ?? 0), 0);
}

/** Collects entries and refusals. */
class Collector {
  readonly #entries: ImportedEntry[] = [];
  readonly #refused: { line: number; text: string; why: string }[] = [];

  add(line: number, text: string, entry: { range: string; reason?: string; note?: string; expiresAt?: number }): void {
    const range = parseRange(entry.range);
    if (range === undefined) {
      this.refuse(line, text, 'is no IP address or CIDR range');
      return;
    }
    this.#entries.push({ rule: 'import', ...entry, line, range: range.text, reason: entry.reason ?? '' });
  }

  refuse(line: number, text: string, why: string): void {
    this.#refused.push({ line, text: text.slice(0, 120), why });
  }

  cut(lines: number): void {
    if (lines > maxImportLines) this.refuse(maxImportLines + 1, '', `only the first ${maxImportLines} lines were read`);
  }

  result(): ParsedBlockList {
    return { entries: this.#entries, refused: this.#refused };
  }
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Quoted when needed, and never a formula to a spreadsheet. */
function csvCell(value: string): string {
  const safe = /^[=+@\t-]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function splitCsv(line: string): string[] {
  const cells: string[] = [];
  for (const match of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)) {
    cells.push((match[1] ?? match[2] ?? '').replaceAll('""', '"'));
  }
  return cells;
}
