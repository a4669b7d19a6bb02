import assert from 'node:assert/strict';
import { Teardown } from '../../helpers/teardown';

describe('ending what a test started', () => {
  it('ends it in reverse order, once', async () => {
    const ended: string[] = [];
    const teardown = new Teardown();
    teardown.add({ stop: () => ended.push('engine') });
    teardown.add({ stop: () => ended.push('editor') });

    await teardown.run();
    await teardown.run();

    assert.deepEqual(ended, ['editor', 'engine']);
  });

  it('ends the rest when something does not end in order, and says so', async () => {
    const ended: string[] = [];
    const teardown = new Teardown();
    teardown.add({ stop: () => ended.push('engine') });
    teardown.add({ stop: () => Promise.reject(new Error('hung')) });

    await assert.rejects(teardown.run(), /hung/);

    assert.deepEqual(ended, ['engine']);
  });

  it('is nothing to do where nothing was started', async () => {
    await new Teardown().run();
  });
});
