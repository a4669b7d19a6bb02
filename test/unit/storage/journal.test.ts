import assert from 'node:assert/strict';
import { Journal } from '../../../src/storage/journal';
import { parseJournal } from '../../../src/storage/journal-format';
import { journalDefaults } from '../../../src/storage/journal-options';
import { FakeClock, settle } from '../../helpers/fake-clock';
import { diskError, MemoryFileSystem } from './support/memory-file-system';
import { folder } from './support/open-storage';

const secret = new Uint8Array(32).fill(7);

describe('journal', () => {
  it('writes what is left when a batch is given up while it is being written', async () => {
    const fs = new MemoryFileSystem();
    const clock = new FakeClock();
    let release = (): void => undefined;
    let isHeld = false;
    const held = Object.assign(Object.create(fs) as MemoryFileSystem, {
      open: async (path: string, mode: 'exclusive' | 'replace' | 'append') => {
        const file = await fs.open(path, mode);
        return {
          ...file,
          write: async (data: Uint8Array) => {
            if (isHeld) await new Promise<void>((resolve) => (release = resolve));
            await file.write(data);
          },
        };
      },
      list: (path: string) => fs.list(path),
      stat: (path: string) => fs.stat(path),
      syncFolder: (path: string) => fs.syncFolder(path),
    });
    const options = { ...journalDefaults, folder, secret, maxWaiting: 3 };
    const ignore = () => undefined;
    const journal = new Journal(held, clock, options, { onBatch: ignore, onHealth: ignore, onVanished: ignore });
    const append = () => {
      journal.append('kd', '{"id":"x"}');
      journal.handOver();
    };
    journal.start(1);
    fs.fault = (operation) => {
      if (operation === 'write') throw diskError('ENOSPC');
    };
    append();
    await settle();

    fs.fault = ignore;
    isHeld = true;
    clock.advance(500);
    await settle();
    for (let count = 0; count < 3; count++) append();
    isHeld = false;
    release();
    await settle();
    await journal.stop();

    const numbers = fs.disk
      .find(/^journal-/)
      .flatMap((path) => parseJournal(fs.disk.read(path) ?? new Uint8Array(), secret).entries)
      .map(([number]) => number);
    assert.equal(journal.dropped, 1);
    assert.deepEqual(numbers, [1, 2, 3, 4]);
  });
});
