import assert from 'node:assert/strict';
import type { ApiKey } from '../../../../src/core/api-key';
import { askForChange } from '../../../../src/editor/keys/change-key-steps';
import { english, now } from '../editor-facts';
import { FakeStepInput, type Answer } from '../fake-step-input';
import { dayMs, makeKey } from '../security-facts';

const models = [{ pattern: 'ollama/*', label: 'Everything of Ollama' }];

async function ask(key: Partial<ApiKey>, ...answers: Answer[]) {
  const input = new FakeStepInput(...answers);
  const change = await askForChange({ input, l10n: english, now, models }, makeKey(key));
  assert.equal(input.left, 0);
  return { change, asked: input.asked };
}

describe('changing the limits of a key', () => {
  it('changes one and leaves the others', async () => {
    const scope = { models: ['ollama/*'], requestsPerMinute: 60 };

    const { change } = await ask({ scope }, { pick: 'Requests per minute' }, { type: '120' });

    assert.deepEqual(change, { id: 'abcdefghijkl', scope: { models: ['ollama/*'], requestsPerMinute: 120 } });
  });

  it('takes a limit away when nothing is typed', async () => {
    const { change } = await ask({ scope: { tokensPerDay: 5 } }, { pick: 'Tokens per day' }, { type: '' });

    assert.deepEqual(change.scope, {});
  });

  it('shows the models that are allowed now, also those no engine has', async () => {
    const { change, asked } = await ask(
      { scope: { models: ['gone/model'] } },
      { pick: 'Models' },
      { tick: ['gone/model', 'Everything of Ollama'] },
    );

    assert.equal(asked[1]!.suggestion, 'gone/model');
    assert.deepEqual(change.scope, { models: ['gone/model', 'ollama/*'] });
  });

  it('gives more time, or all the time', async () => {
    const longer = await ask({ expiresAt: now + 1 }, { pick: 'Expiry' }, { pick: '90 days' });
    const forever = await ask({ expiresAt: now + 1 }, { pick: 'Expiry' }, { pick: 'Until Revoked' });

    assert.equal(longer.change.expiresAt, now + 90 * dayMs);
    assert.equal(forever.change.expiresAt, null);
  });

  it('goes back to the list of limits', async () => {
    const { change } = await ask({}, { pick: 'Addresses' }, 'back', { pick: 'Routes' }, { tick: ['Chat'] });

    assert.deepEqual(change.scope, { routes: ['/v1/chat/completions', '/v1/completions'] });
  });

  it('names the address that is none', async () => {
    await assert.rejects(ask({}, { pick: 'Addresses' }, { type: 'localhost' }), /localhost is no IP address/);
  });
});
