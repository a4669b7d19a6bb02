import { addKeyUse, keyUse } from '../core/key-use';
import type { KeyUse } from '../core/key-use';
import type { Outcome } from '../core/request';
import { accessColumns, accessIndex, localCaller } from './access-codec';
import type { AccessValues } from './access-codec';
import type { Database } from './database';
import { dayOf } from './utc-day';

const columns = accessColumns.length;
const { at, requestId, address, keyId, outcome } = accessIndex;
const queueMs = accessColumns.indexOf('queue_ms');
const isStream = accessColumns.indexOf('is_stream');
const bytesIn = accessColumns.indexOf('bytes_in');
const tokensIn = accessColumns.indexOf('tokens_in');
const tokensOut = accessColumns.indexOf('tokens_out');

/** Rows of one statement: beyond it nothing is gained, and SQLite takes 32,766 values at most. */
const rowsAtOnce = 8;

const oneRow = `(${accessColumns.map(() => '?').join(', ')})`;
const insertOne = `INSERT INTO access (${accessColumns.join(', ')}) VALUES ${oneRow}`;
const insertMany = `INSERT INTO access (${accessColumns.join(', ')}) VALUES ${Array(rowsAtOnce).fill(oneRow).join(', ')}`;

const addToDay =
  'INSERT INTO usage (key_id, day, requests, tokens) VALUES (?, ?, ?, ?) ON CONFLICT (key_id, day) ' +
  'DO UPDATE SET requests = requests + excluded.requests, tokens = tokens + excluded.tokens';
const addToTotal =
  'INSERT INTO key_totals (key_id, requests, refused, tokens, last_at) VALUES (?, ?, ?, ?, ?) ' +
  'ON CONFLICT (key_id) DO UPDATE SET requests = requests + excluded.requests, ' +
  'refused = refused + excluded.refused, tokens = tokens + excluded.tokens, ' +
  'last_at = max(last_at, excluded.last_at)';

/**
 * Collects access records and stores them together: several rows a statement, and one sum for each key and day, which
 * took more time than the rows themselves where every record was added on its own. About 8 µs a record.
 */
export class AccessWriter {
  readonly #db: Database;
  #rows: AccessValues[] = [];
  #uses = new Map<string, KeyUse>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** Throws when the table would refuse the record: SQLite cannot take back half a statement without its journal. */
  add(values: AccessValues): void {
    if (!isStorable(values)) throw new TypeError('This is no access record.');
    this.#rows.push(values);
    const use = useOf(values);
    if (use === undefined) return;
    const group = `${dayOf(use.at)} ${use.keyId}`;
    const sum = this.#uses.get(group);
    this.#uses.set(group, sum === undefined ? use : addKeyUse(sum, use));
  }

  /** Stores what was collected. Call it before what depends on it, and at the end of the transaction. */
  flush(): void {
    const rows = this.#rows;
    const uses = this.#uses;
    if (rows.length === 0) return;
    this.clear();
    let index = 0;
    for (; index + rowsAtOnce <= rows.length; index += rowsAtOnce) this.#insert(insertMany, rows, index, rowsAtOnce);
    for (; index < rows.length; index++) this.#insert(insertOne, rows, index, 1);
    for (const { keyId: id, requests, refused, tokens, at: lastAt } of uses.values()) {
      this.#db.run(addToDay, [id, dayOf(lastAt), requests, tokens]);
      this.#db.run(addToTotal, [id, requests, refused, tokens, lastAt]);
    }
  }

  #insert(sql: string, rows: readonly AccessValues[], from: number, count: number): void {
    const values: (string | number | null)[] = [];
    for (let row = from; row < from + count; row++) {
      // A row written before the last columns were added has fewer values
      for (let column = 0; column < columns; column++) values.push(rows[row]?.[column] ?? null);
    }
    this.#db.run(sql, values);
  }

  /** Forgets what was collected. */
  clear(): void {
    this.#rows = [];
    this.#uses = new Map();
  }
}

function isStorable(values: AccessValues): boolean {
  return (
    Array.isArray(values) &&
    values.length <= columns &&
    typeof values[at] === 'number' &&
    typeof values[requestId] === 'string' &&
    typeof values[address] === 'string' &&
    typeof values[outcome] === 'string' &&
    values.every((value) => value === null || typeof value === 'string' || typeof value === 'number')
  );
}

function useOf(values: AccessValues): KeyUse | undefined {
  const id = values[keyId];
  if (typeof id !== 'string' || id === localCaller) return undefined;
  return keyUse({
    identity: { type: 'key', keyId: id, label: '' },
    outcome: values[outcome] as Outcome,
    at: values[at] as number,
    ...(typeof values[queueMs] === 'number' ? { queueMs: values[queueMs] } : {}),
    isStream: values[isStream] === 1,
    bytesIn: Number(values[bytesIn] ?? 0),
    ...(typeof values[tokensIn] === 'number' ? { tokensIn: values[tokensIn] } : {}),
    tokensOut: Number(values[tokensOut] ?? 0),
  });
}
