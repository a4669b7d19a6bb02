/*
 * A process that stores as fast as it can and says what was acknowledged, to be killed by the crash test.
 * Arguments: folder, number of the first event. Environment: CRASH_AT, `operation:pattern[:nth]`, kills the process at
 * that file operation; CRASH_MIGRATION kills it in the middle of a schema step.
 */
import { writeSync } from 'node:fs';
import { defaultRetention } from '../../../src/core/audit-query';
import { systemClock } from '../../../src/core/clock';
import { createLogger } from '../../../src/core/logger';
import type { FileSystem } from '../../../src/storage/file-system';
import { startLocalHost } from '../../../src/storage/local-host';
import { migrations } from '../../../src/storage/migrations';
import { nodeFileSystem } from '../../../src/storage/node-file-system';
import { Storage } from '../../../src/storage/storage';
import { startWorkerHost } from '../../../src/storage/worker-host';

const [folder = '', first = '1'] = process.argv.slice(2);
const crashAt = process.env['CRASH_AT'];
const crashMigration = process.env['CRASH_MIGRATION'] !== undefined;

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  for (;;); // The signal may take a moment; nothing may happen in it.
}

/** The machine's file system, deadly at one point. */
function deadly(rule: string): FileSystem {
  const [operation = '', pattern = '', nth = '1'] = rule.split(':');
  const regex = new RegExp(pattern);
  let left = Number(nth);
  const hit = (name: string, path: string) => name === operation && regex.test(path) && --left === 0;
  return {
    ...nodeFileSystem,
    async open(path, mode) {
      const file = await nodeFileSystem.open(path, mode);
      return {
        ...file,
        async write(data) {
          if (hit('write', path)) {
            await file.write(data.subarray(0, data.byteLength >> 1));
            die();
          }
          await file.write(data);
        },
        async sync() {
          if (hit('sync', path)) die();
          await file.sync();
        },
      };
    },
    async rename(from, to) {
      if (hit('rename', to)) die();
      await nodeFileSystem.rename(from, to);
      if (hit('renamed', to)) die();
    },
    async remove(path) {
      if (hit('remove', path)) die();
      await nodeFileSystem.remove(path);
    },
  };
}

const killingMigrations = [
  ...migrations,
  {
    version: migrations.length + 1,
    what: 'a step that never ends',
    up: (db: { script(sql: string): void }) => {
      db.script('DROP TABLE keys; DELETE FROM audit;');
      die();
    },
  },
];

async function main(): Promise<void> {
  const fs = crashAt === undefined ? nodeFileSystem : deadly(crashAt);
  const storage = new Storage({
    folder,
    clock: systemClock,
    logger: createLogger((level, message, details) => {
      if (level === 'error') writeSync(2, `${message} ${String(details?.['error'])}\n`);
    }),
    fs,
    lockWaitMs: 15_000,
    save: { quietMs: 15, maxDelayMs: 40, restFactor: 0 },
    journal: { batchMs: 5, batchEntries: 50 },
    retention: { ...defaultRetention, maxRows: 1_500 },
    startHost: crashMigration
      ? () => startLocalHost(fs, killingMigrations)
      : crashAt === undefined
        ? startWorkerHost
        : () => startLocalHost(fs),
  });
  await storage.start();
  let number = Number(first);
  for (let round = 1; ; round++) {
    for (let index = 0; index < 40; index++) {
      storage.record({
        kind: 'auth.failure',
        severity: 'low',
        at: Date.now(),
        address: '10.0.0.1',
        rule: 'load',
        evidence: `n=${number++}`,
      });
    }
    await storage.flushed();
    writeSync(1, `A ${number - 1}\n`);
    if (round % 3 === 0) {
      const id = `key${String(number).padStart(9, '0')}`;
      await storage.keys.put(
        { id, label: id, kind: 'normal', scope: {}, createdAt: 1, secretHash: 'aa' },
        'key.created',
      );
      writeSync(1, `K ${id}\n`);
      const range = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
      await storage.blocks.putBlock({ range, source: 'auto', rule: 'r', reason: 'x', createdAt: 1, strikes: 0 });
      writeSync(1, `B ${range}\n`);
    }
    if (round % 10 === 0) void storage.retain();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

void main();
