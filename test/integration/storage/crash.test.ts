import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { systemClock } from '../../../src/core/clock';
import { silentLogger } from '../../../src/core/logger';
import { listArchives, readArchive } from '../../../src/storage/archive';
import { startLocalHost } from '../../../src/storage/local-host';
import { nodeFileSystem } from '../../../src/storage/node-file-system';
import { Storage } from '../../../src/storage/storage';

const root = resolve(__dirname, '../../..');
const kills = 50;

/** What the writer said was safe. */
interface Acknowledged {
  last: number;
  readonly keys: string[];
  readonly blocks: string[];
}

describe('storage and SIGKILL', function () {
  this.timeout(240_000);
  let bin: string;
  let folder: string;
  let acknowledged: Acknowledged;

  before(async () => {
    bin = mkdtempSync(join(tmpdir(), 'flm-crash-bin-'));
    // As shipped: bundles with the worker and the wasm file beside them.
    await build({
      entryPoints: {
        'crash-writer': join(root, 'test/integration/storage/crash-writer.ts'),
        'storage-worker': join(root, 'src/storage/storage-worker.ts'),
      },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outdir: bin,
      logLevel: 'warning',
    });
    copyFileSync(join(root, 'node_modules/sql.js/dist/sql-wasm.wasm'), join(bin, 'sql-wasm.wasm'));
  });
  after(() => rmSync(bin, { recursive: true, force: true }));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flm-crash-'));
    acknowledged = { last: 0, keys: [], blocks: [] };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the writer until it kills itself, or kills it `afterMs` after its first word. */
  function runWriter(next: number, env: Record<string, string>, afterMs?: number): Promise<void> {
    return new Promise((done, fail) => {
      const child = spawn(process.execPath, [join(bin, 'crash-writer.js'), folder, String(next)], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const limit = setTimeout(() => child.kill('SIGKILL'), 30_000);
      let text = '';
      let errors = '';
      let isTimed = false;
      child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
      child.stdout.on('data', (data: Buffer) => {
        text += data.toString();
        if (afterMs !== undefined && !isTimed) {
          isTimed = true;
          setTimeout(() => child.kill('SIGKILL'), afterMs);
        }
      });
      child.on('close', (_code, signal) => {
        clearTimeout(limit);
        for (const line of text.split('\n').slice(0, -1)) {
          const [what, value = ''] = line.split(' ');
          if (what === 'A') acknowledged.last = Number(value);
          if (what === 'K') acknowledged.keys.push(value);
          if (what === 'B') acknowledged.blocks.push(value);
        }
        if (signal === 'SIGKILL') done();
        else fail(new Error(`The writer ended by itself: ${errors}`));
      });
    });
  }

  async function open(): Promise<Storage> {
    const storage = new Storage({
      folder,
      clock: systemClock,
      logger: silentLogger,
      startHost: () => startLocalHost(nodeFileSystem),
    });
    await storage.start();
    return storage;
  }

  /** Everything acknowledged is there, in order, once, and the chain holds. Returns the highest number found. */
  async function check(): Promise<number> {
    const storage = await open();
    try {
      const result = await storage.verify();
      assert.deepEqual(result.firstBad, undefined);
      assert.deepEqual(result.gaps, []);
      const numbers: number[] = [];
      const take = (evidence: string | undefined) => {
        const match = /^n=(\d+)$/.exec(evidence ?? '');
        if (match) numbers.push(Number(match[1]));
      };
      const first = await firstStored(storage);
      for (const { name, to } of await listArchives(nodeFileSystem, folder)) {
        if (to < first) for (const row of await readArchive(nodeFileSystem, folder, name)) take(row.evidence);
      }
      for (const row of (await rowsOf(storage)).reverse()) take(row.evidence);
      assert.deepEqual(
        numbers.slice(0, acknowledged.last),
        Array.from({ length: acknowledged.last }, (_, index) => index + 1),
      );
      for (const id of acknowledged.keys) assert.ok(storage.keys.get(id), `key ${id}`);
      const blocks = new Set(storage.blocks.loadBlocks().map((block) => block.range));
      for (const range of acknowledged.blocks) assert.ok(blocks.has(range), `block ${range}`);
      const damage = await storage.queryAudit({ kinds: ['storage.recovered'] });
      assert.deepEqual(
        damage.rows.map((row) => row.evidence),
        [],
      );
      return numbers.at(-1) ?? 0;
    } finally {
      await storage.stop();
    }
  }

  async function rowsOf(storage: Storage) {
    const rows = [];
    for (let after; ;) {
      const page = await storage.queryAudit({ limit: 1_000, ...(after ? { after } : {}) });
      rows.push(...page.rows);
      after = page.next;
      if (!after) return rows.sort((a, b) => b.seq - a.seq);
    }
  }

  async function firstStored(storage: Storage): Promise<number> {
    return (await rowsOf(storage)).at(-1)?.seq ?? Number.MAX_SAFE_INTEGER;
  }

  it(`loses nothing acknowledged in ${kills} kills at random moments under load`, async () => {
    let next = 1;
    for (let round = 0; round < kills; round++) {
      await runWriter(next, {}, Math.random() * 250);
      // What was not acknowledged may be there or not; numbering goes on behind what is.
      next = (await check()) + 1;
      acknowledged.last = next - 1;
    }
    assert.ok(next > kills, `only ${next} rows were written`);
  });

  for (const [what, env] of [
    ['in the middle of writing the database', { CRASH_AT: 'write:flm\\.db\\.tmp$:3' }],
    ['before the new database is flushed', { CRASH_AT: 'sync:flm\\.db\\.tmp$:2' }],
    ['before the backup is renamed into place', { CRASH_AT: 'rename:flm\\.db\\.bak$:2' }],
    ['before the new database is renamed into place', { CRASH_AT: 'rename:flm\\.db$:2' }],
    ['after it was, before the anchor is written', { CRASH_AT: 'renamed:flm\\.db$:2' }],
    ['in the middle of writing the anchor', { CRASH_AT: 'write:audit\\.anchor\\.tmp$:2' }],
    ['while the journal is pruned', { CRASH_AT: 'remove:journal-:1' }],
    ['in the middle of a journal batch', { CRASH_AT: 'write:journal-:30' }],
    ['in the middle of writing an archive', { CRASH_AT: 'write:\\.jsonl\\.gz\\.tmp$:1' }],
    ['after an archive was written, before its rows are removed', { CRASH_AT: 'renamed:\\.jsonl\\.gz$:1' }],
    ['after the second archive', { CRASH_AT: 'renamed:\\.jsonl\\.gz$:2' }],
  ] as const) {
    it(`loses nothing acknowledged when killed ${what}`, async () => {
      await runWriter(1, env);
      const next = (await check()) + 1;
      acknowledged.last = next - 1;

      await runWriter(next, {}, 100);
      await check();
    });
  }

  it('loses nothing acknowledged when killed during a migration', async () => {
    await runWriter(1, {}, 200);
    acknowledged.last = (await check()) - 0;

    await runWriter(0, { CRASH_MIGRATION: '1' });

    await check();
  });
});
