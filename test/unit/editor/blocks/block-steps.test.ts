import assert from 'node:assert/strict';
import { askForBlock } from '../../../../src/editor/blocks/block-steps';
import { english, now } from '../editor-facts';
import { FakeStepInput } from '../fake-step-input';
import { dayMs } from '../security-facts';

describe('blocking by hand', () => {
  it('takes a range, a length and a note', async () => {
    const input = new FakeStepInput({ type: '203.0.113.77/24' }, { pick: '1 d' }, { type: ' scanner ' });

    const params = await askForBlock({ input, l10n: english, now });

    assert.deepEqual(params, { range: '203.0.113.0/24', expiresAt: now + dayMs, note: 'scanner' });
  });

  it('can last until it is lifted', async () => {
    const input = new FakeStepInput({ type: '203.0.113.9' }, { pick: 'Until Lifted' }, { type: '' });

    assert.deepEqual(await askForBlock({ input, l10n: english, now }), { range: '203.0.113.9' });
  });

  it('does not ask for an address it was given', async () => {
    const input = new FakeStepInput({ pick: '1 h' }, { type: '' });

    const params = await askForBlock({ input, l10n: english, now, range: '203.0.113.9' });

    assert.equal(params.range, '203.0.113.9');
    assert.equal(input.asked[0]!.step, '1/2');
  });

  it('refuses this machine while it is typed', async () => {
    const input = new FakeStepInput({ type: '127.0.0.1' });

    await assert.rejects(askForBlock({ input, l10n: english, now }), /never blocked/);
  });
});
