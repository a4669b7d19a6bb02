import assert from 'node:assert/strict';
import { join } from 'node:path';
import { temporaryFolder, makeKeeper } from './support';

describe('certificate keeper', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let made: ReturnType<typeof makeKeeper>;
  beforeEach(async () => {
    folder = await temporaryFolder();
    made = makeKeeper(folder.path);
  });
  afterEach(async () => {
    await made.keeper.stop();
    await folder.remove();
  });

  it('has nothing and does nothing while TLS is off', async () => {
    await made.keeper.start({ mode: 'off' }, ['10.0.0.7']);
    await made.keeper.renew();

    assert.deepEqual(made.keeper.state, { mode: 'off', phase: 'off' });
    assert.equal(made.keeper.material(), undefined);
    assert.equal(made.clock.pending, 0);
  });

  it('lets go of the certificate of one mode when another is chosen', async () => {
    await made.keeper.start({ mode: 'self-signed' }, []);

    await made.keeper.configure({ mode: 'files', certFile: join(folder.path, 'none'), keyFile: '' }, []);

    assert.equal(made.keeper.state.mode, 'files');
    assert.equal(made.keeper.state.phase, 'failed');
    assert.equal(made.keeper.material(), undefined);
    assert.equal(made.keeper.caCertificate(), undefined);
  });

  it('ends with the last of several changes that come at once', async () => {
    const all = [
      made.keeper.start({ mode: 'self-signed' }, []),
      made.keeper.configure({ mode: 'off' }, []),
      made.keeper.configure({ mode: 'files', certFile: '/none', keyFile: '/none' }, []),
      made.keeper.configure({ mode: 'self-signed' }, ['10.0.0.7']),
    ];

    await Promise.all(all);

    assert.equal(made.keeper.state.phase, 'ready');
    assert.ok(made.keeper.state.certificate!.names.includes('10.0.0.7'));
    assert.equal(made.events.length, 1);
  });

  it('starts nothing after it was stopped', async () => {
    await made.keeper.stop();

    await made.keeper.start({ mode: 'self-signed' }, []);

    assert.equal(made.keeper.material(), undefined);
    assert.equal(made.clock.pending, 0);
  });

  for (let turns = 0; turns < 12; turns++) {
    it(`leaves nothing behind when it is stopped ${turns} turns after a change of the mode`, async () => {
      await made.keeper.start({ mode: 'files', certFile: '/none', keyFile: '/none' }, []);
      const configured = made.keeper.configure({ mode: 'files', certFile: '/other', keyFile: '/other' }, []);
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();

      await made.keeper.stop();
      await configured;

      assert.equal(made.clock.pending, 0);
    });
  }

  it('goes on when nobody takes its events', async () => {
    const failing = makeKeeper(folder.path, {
      onEvent: () => {
        throw new Error('audit');
      },
    });

    await failing.keeper.start({ mode: 'self-signed' }, []);

    assert.equal(failing.keeper.state.phase, 'ready');
    await failing.keeper.stop();
  });

  it('goes on when a listener throws', async () => {
    made.keeper.onDidChange(() => {
      throw new Error('listener');
    });

    await made.keeper.start({ mode: 'self-signed' }, []);

    assert.equal(made.keeper.state.phase, 'ready');
  });
});
