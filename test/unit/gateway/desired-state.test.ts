import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../../src/core/logger';
import { DesiredStateFile } from '../../../src/gateway/desired-state';
import { FakeClock } from '../../helpers/fake-clock';

describe('desired state', () => {
  let dataDir: string;
  let clock: FakeClock;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'flm-desired-'));
    clock = new FakeClock(Date.now());
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const file = () => new DesiredStateFile(dataDir, clock, silentLogger);
  const path = () => join(dataDir, 'gateway.state.json');

  it('is empty where nothing was ever switched on', async () => {
    assert.deepEqual(await file().restore(), { isProxyOn: false });
  });

  it('is found by the gateway that takes over', async () => {
    const before = file();
    before.update({ isProxyOn: true, port: 11436, wantedPort: 11435 });
    before.update({ demoPort: 4000 });
    await before.flush();

    assert.deepEqual(await file().restore(), { isProxyOn: true, port: 11436, wantedPort: 11435, demoPort: 4000 });
  });

  it('forgets what is told to be undefined', async () => {
    const before = file();
    before.update({ isProxyOn: true, port: 11436, wantedPort: 11435 });
    before.update({ isProxyOn: false, port: undefined, wantedPort: undefined });
    await before.flush();

    assert.deepEqual(await file().restore(), { isProxyOn: false });
  });

  it('is not believed a minute after its gateway ended', async () => {
    const before = file();
    before.update({ isProxyOn: true, port: 11436 });
    await before.flush();
    clock.jump(61_000);

    assert.deepEqual(await file().restore(), { isProxyOn: false });
  });

  it('is believed when the clock was set back in between', async () => {
    const before = file();
    before.update({ isProxyOn: true, port: 11436 });
    await before.flush();
    clock.jump(-86_400_000);

    assert.equal((await file().restore()).isProxyOn, true);
  });

  for (const content of ['', '{', 'null', '[]', '{"isProxyOn":"yes","port":-1,"wantedPort":1e9}']) {
    it(`is empty where the file holds ${JSON.stringify(content)}`, async () => {
      writeFileSync(path(), content);

      assert.deepEqual(await file().restore(), { isProxyOn: false });
    });
  }

  it('writes nothing when nothing changed', async () => {
    const state = file();
    state.update({ isProxyOn: false });
    await state.flush();

    assert.equal(existsSync(path()), false);
  });

  it('goes on when the folder is gone', async () => {
    const state = file();
    rmSync(dataDir, { recursive: true });
    state.update({ isProxyOn: true });

    await state.flush();
    await state.close();
  });
});
