import assert from 'node:assert/strict';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/core/clock';
import { silentLogger } from '../../../src/core/logger';
import { GatewayPresence } from '../../../src/editor/gateway-presence';

describe('the presence of a gateway', () => {
  let folder: string;
  let presence: GatewayPresence | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flm-presence-'));
  });
  afterEach(async () => {
    presence?.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  /** Counts what it finds; `found` resolves at the first. */
  async function look(dataDir: string) {
    let count = 0;
    let tell: () => void = () => undefined;
    const found = new Promise<void>((resolve) => (tell = resolve));
    presence = new GatewayPresence(dataDir, systemClock, silentLogger, () => {
      count += 1;
      tell();
    });
    await presence.start();
    return { found, count: () => count };
  }

  it('is noticed at the start', async () => {
    await writeFile(join(folder, 'gateway.lease.json'), '{}');

    assert.equal((await look(folder)).count(), 1);
  });

  it('is noticed when another window starts one later', async () => {
    const { found, count } = await look(folder);
    assert.equal(count(), 0);

    await writeFile(join(folder, 'gateway.lease.json'), '{}');

    await found;
    assert.equal(count(), 1);
  });

  it('is not seen in what a crash left behind long ago', async () => {
    const lease = join(folder, 'gateway.lease.json');
    await writeFile(lease, '{}');
    const hourAgo = new Date(Date.now() - 3_600_000);
    await utimes(lease, hourAgo, hourAgo);

    assert.equal((await look(folder)).count(), 0);
  });

  it('is not seen in other files', async () => {
    await writeFile(join(folder, 'engines.cache.json'), '{}');

    assert.equal((await look(folder)).count(), 0);
  });

  it('is awaited in a folder that does not exist yet', async () => {
    const { found } = await look(join(folder, 'new'));

    await writeFile(join(folder, 'new', 'gateway.lease.json'), '{}');

    await found;
  });

  it('is none where the folder cannot be made, and that is no error', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');

    assert.equal((await look(join(file, 'below'))).count(), 0);
  });
});
