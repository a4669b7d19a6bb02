import type { Clock } from '../../core/clock';
import { parseRange } from '../../core/ip-range';
import { parseBlockList } from './block-list-format';
import type { Blocklist } from './blocklist';

/** What became of an imported list. */
export interface ImportOutcome {
  readonly added: number;
  /** Already there, unchanged. */
  readonly kept: number;
  /** At most the first 100. */
  readonly refused: readonly { readonly line: number; readonly text: string; readonly why: string }[];
  readonly refusedTotal: number;
}

const SHOWN = 100;
const BATCH = 1000;

/** Adds a list to the blocklist; resolves once it is stored. Yields between batches, so requests go on meanwhile. */
export async function importBlocks(text: string, blocklist: Blocklist, clock: Clock): Promise<ImportOutcome> {
  const { entries, refused: unreadable } = parseBlockList(text, clock.now());
  const refused = [...unreadable];
  const known = new Set(blocklist.list().map(({ range }) => parseRange(range)?.text));
  let added = 0;
  let kept = 0;
  for (let start = 0; start < entries.length; start += BATCH) {
    const stored: Promise<unknown>[] = [];
    for (const { line, ...entry } of entries.slice(start, start + BATCH)) {
      const why = blocklist.refusalOf(entry.range);
      if (why !== undefined) refused.push({ line, text: entry.range, why });
      else if (known.has(entry.range)) kept++;
      else {
        known.add(entry.range);
        stored.push(blocklist.add(entry, 'import'));
        added++;
      }
    }
    await Promise.all(stored);
  }
  blocklist.recordImport(added, refused.length);
  return { added, kept, refused: refused.slice(0, SHOWN), refusedTotal: refused.length };
}
