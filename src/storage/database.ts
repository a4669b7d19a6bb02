import type { Database as SqlDatabase, SqlJsStatic, SqlValue, Statement } from 'sql.js';

export type { SqlValue } from 'sql.js';
export type SqlRow = readonly SqlValue[];

/** Searches come in many shapes; beyond this many prepared statements the longest unused is let go. */
const maxStatements = 200;

/**
 * One SQLite database in memory: statements prepared once, transactions, export. Synchronous; throws SQLite's errors.
 * All of sql.js that the rest of storage sees.
 */
export class Database {
  readonly #db: SqlDatabase;
  readonly #statements = new Map<string, Statement>();

  /** Opens the bytes of a database file, or an empty database. Throws when they are no database. */
  constructor(engine: SqlJsStatic, content?: Uint8Array) {
    this.#db = new engine.Database(content);
    // Nothing but memory lies beneath: no journal of SQLite's own, no syncing, temporary tables in memory. Nobody else
    // opens it either: without exclusive locking every transaction began with an empty cache, 5 µs of a record's 15.
    this.#db.run(
      'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; PRAGMA locking_mode = EXCLUSIVE;',
    );
  }

  /** Runs a statement without a result. Prepared on first use and kept. */
  run(sql: string, values: readonly SqlValue[] = []): void {
    const statement = this.#prepare(sql);
    try {
      statement.run(values as SqlValue[]);
    } finally {
      statement.reset();
    }
  }

  /** All rows of a query. Prepared on first use and kept. */
  all(sql: string, values: readonly SqlValue[] = []): SqlRow[] {
    const statement = this.#prepare(sql);
    const rows: SqlRow[] = [];
    try {
      statement.bind(values as SqlValue[]);
      while (statement.step()) rows.push(statement.get());
    } finally {
      statement.reset();
    }
    return rows;
  }

  /** First row of a query. */
  first(sql: string, values: readonly SqlValue[] = []): SqlRow | undefined {
    return this.all(sql, values)[0];
  }

  /** First value of a query as a number; 0 when there is none. */
  number(sql: string, values: readonly SqlValue[] = []): number {
    return Number(this.first(sql, values)?.[0] ?? 0);
  }

  /** Runs several statements, parameters not allowed: for schema changes. */
  script(sql: string): void {
    this.#db.exec(sql);
  }

  /** All of `work` or nothing. */
  transaction<T>(work: () => T): T {
    this.#db.run('BEGIN');
    try {
      const result = work();
      this.#db.run('COMMIT');
      return result;
    } catch (error) {
      try {
        this.#db.run('ROLLBACK');
      } catch {
        // SQLite has rolled back by itself (out of memory, for one).
      }
      throw error;
    }
  }

  /** Whether SQLite finds its pages in order. About 50 ms for 20 MB. */
  isSound(): boolean {
    const rows = this.all('PRAGMA quick_check(1)');
    return rows.length === 1 && rows[0]?.[0] === 'ok';
  }

  get schemaVersion(): number {
    return this.number('PRAGMA user_version');
  }

  set schemaVersion(version: number) {
    this.#db.run(`PRAGMA user_version = ${Math.trunc(version)}`);
  }

  /** The database file. Synchronous: about 40 ms for 20 MB. */
  export(): Uint8Array {
    return this.#db.export();
  }

  close(): void {
    for (const statement of this.#statements.values()) statement.free();
    this.#statements.clear();
    this.#db.close();
  }

  #prepare(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
    } else {
      this.#statements.delete(sql);
    }
    this.#statements.set(sql, statement);
    if (this.#statements.size > maxStatements) {
      const [oldest] = this.#statements;
      oldest?.[1].free();
      this.#statements.delete(oldest?.[0] ?? '');
    }
    return statement;
  }
}
