import type { AuditKind, AuditRow, Severity } from '../../src/core/audit';
import type { AuditQuery, PageCursor } from '../../src/core/audit-query';
import type { EventFilter } from '../../src/protocol/panel-messages';
import { strings } from '../boot';
import type { Host } from '../host';

/** Small enough to be taken in between two frames. */
const pageRows = 250;
/** The log itself keeps that many. */
const maxRows = 100_000;
/** A page may be empty while there is more; a search is not asked on for ever. */
const maxEmptyPages = 200;

const spans = { '': undefined, '1h': 3_600_000, '24h': 86_400_000, '7d': 7 * 86_400_000 } as const;

/** The filter as the gateway understands it. */
export function queryOf(filter: EventFilter, now: number): AuditQuery {
  const { text, severity, kind, address, keyId, since } = filter;
  const span = spans[since];
  return {
    ...(text === '' ? {} : { text }),
    ...(severity === '' ? {} : { severities: severitiesFrom(severity) }),
    ...(kind === '' ? {} : { kinds: kindsOf(kind) }),
    ...(address === '' ? {} : { address }),
    ...(keyId === '' ? {} : { keyId }),
    ...(span === undefined ? {} : { from: now - span }),
  };
}

/**
 * The events that match a filter, newest first, read page by page as they are wanted. A new filter drops the old rows,
 * and whatever is still on its way for them.
 */
export class EventSource {
  readonly #host: Host;
  #rows: AuditRow[] = [];
  #query: AuditQuery = {};
  #next: PageCursor | undefined;
  #hasMore = false;
  #generation = 0;
  #loading: Promise<void> | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  get rows(): readonly AuditRow[] {
    return this.#rows;
  }

  get hasMore(): boolean {
    return this.#hasMore;
  }

  /** Starts over with another filter. Rejects when the first page cannot be had; the old rows are then kept. */
  async restart(query: AuditQuery): Promise<void> {
    this.#generation += 1;
    const generation = this.#generation;
    this.#query = query;
    this.#loading = undefined;
    const first = await this.#page(undefined, generation);
    if (first === undefined) return;
    this.#rows = [...first.rows];
    this.#next = first.next;
    this.#hasMore = first.next !== undefined;
  }

  /** Reads the next page, if there is one and none is on its way. Answers whether rows were added. */
  async more(): Promise<boolean> {
    if (this.#loading !== undefined || !this.#hasMore || this.#rows.length >= maxRows) return false;
    const before = this.#rows.length;
    const generation = this.#generation;
    this.#loading = this.#append(generation);
    try {
      await this.#loading;
    } finally {
      if (generation === this.#generation) this.#loading = undefined;
    }
    return generation === this.#generation && this.#rows.length > before;
  }

  /** Reads what is newer than the newest row. Answers how many rows were put in front. */
  async refresh(): Promise<number> {
    const newest = this.#rows[0];
    if (newest === undefined) {
      await this.restart(this.#query);
      return this.#rows.length;
    }
    const generation = this.#generation;
    const from = Math.max(newest.at, this.#query.from ?? 0);
    const page = await this.#host.request('audit/query', { ...this.#query, from, limit: pageRows });
    if (generation !== this.#generation) return 0;
    // Another filter may have been chosen just before, and its first page have come meanwhile.
    const known = this.#rows[0]?.seq ?? 0;
    const fresh = page.rows.filter((row) => row.seq > known);
    if (fresh.length > 0) this.#rows = [...fresh, ...this.#rows].slice(0, maxRows);
    return fresh.length;
  }

  async #append(generation: number): Promise<void> {
    const page = await this.#page(this.#next, generation);
    if (page === undefined) return;
    this.#rows.push(...page.rows);
    this.#next = page.next;
    this.#hasMore = page.next !== undefined && this.#rows.length < maxRows;
  }

  /** The next page that holds rows; undefined once another filter was chosen. */
  async #page(
    after: PageCursor | undefined,
    generation: number,
  ): Promise<{ rows: readonly AuditRow[]; next: PageCursor | undefined } | undefined> {
    let cursor = after;
    for (let tries = 0; tries < maxEmptyPages; tries += 1) {
      const query = { ...this.#query, limit: pageRows, ...(cursor === undefined ? {} : { after: cursor }) };
      const { rows, next } = await this.#host.request('audit/query', query);
      if (generation !== this.#generation) return undefined;
      if (rows.length > 0 || next === undefined) return { rows, next };
      cursor = next;
    }
    return { rows: [], next: undefined };
  }
}

function severitiesFrom(lowest: Severity): readonly Severity[] {
  const all = Object.keys(strings.severities) as Severity[];
  return all.slice(all.indexOf(lowest));
}

function kindsOf(kind: string): readonly AuditKind[] {
  const all = Object.keys(strings.kinds) as AuditKind[];
  return all.filter((known) => known === kind || known.startsWith(`${kind}.`));
}
