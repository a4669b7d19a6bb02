import assert from 'node:assert/strict';
import { FlmError } from '../../../../src/core/errors';
import { askForKey } from '../../../../src/editor/keys/create-key-steps';
import { english, now } from '../editor-facts';
import { FakeStepInput, type Answer } from '../fake-step-input';
import { dayMs } from '../security-facts';

const models = [
  { pattern: 'ollama/*', label: 'Everything of Ollama' },
  { pattern: 'ollama/llama3.2:3b', label: 'ollama/llama3.2:3b' },
];

async function ask(...answers: Answer[]) {
  const input = new FakeStepInput(...answers);
  const params = await askForKey({ input, l10n: english, now, models, labels: ['laptop'] });
  assert.equal(input.left, 0);
  return { params, asked: input.asked };
}

describe('creating a key', () => {
  it('takes a name, a life, models, and nothing more unless asked for', async () => {
    const { params, asked } = await ask(
      { type: ' tablet ' },
      { pick: '7 days' },
      { tick: ['ollama/llama3.2:3b'] },
      { pick: 'Create' },
    );

    assert.deepEqual(params, {
      label: 'tablet',
      kind: 'normal',
      scope: { models: ['ollama/llama3.2:3b'] },
      expiresAt: now + 7 * dayMs,
    });
    assert.deepEqual(
      asked.map(({ step }) => step),
      ['1/4', '2/4', '3/4', '4/4'],
    );
  });

  it('suggests 30 days', async () => {
    const { asked } = await ask({ type: 'x' }, { pick: '30 days' }, { tick: [] }, { pick: 'Create' });

    assert.equal(asked[1]!.suggestion, '30 days');
  });

  it('takes a last day', async () => {
    const { params } = await ask(
      { type: 'x' },
      { pick: 'Until a Day' },
      { type: '2027-01-31' },
      { tick: [] },
      { pick: 'Create' },
    );

    assert.equal(params.expiresAt, new Date(2027, 0, 31, 23, 59, 59, 999).getTime());
  });

  it('can make one that lives until it is revoked, for all models', async () => {
    const { params } = await ask({ type: 'x' }, { pick: 'Until Revoked' }, { tick: [] }, { pick: 'Create' });

    assert.deepEqual(params, { label: 'x', kind: 'normal', scope: {} });
  });

  it('takes further limits on demand', async () => {
    const { params, asked } = await ask(
      { type: 'x' },
      { pick: '1 day' },
      { tick: ['Everything of Ollama'] },
      { pick: 'Set Further' },
      { tick: ['Embeddings'] },
      { type: '60' },
      { type: '200' },
      { type: '100,000' },
      { type: '192.168.1.20 10.0.0.0/8' },
    );

    assert.deepEqual(params.scope, {
      models: ['ollama/*'],
      routes: ['/v1/embeddings'],
      requestsPerMinute: 60,
      requestsPerDay: 200,
      tokensPerDay: 100_000,
      addresses: ['192.168.1.20', '10.0.0.0/8'],
    });
    assert.equal(asked.at(-1)!.step, '9/9');
  });

  it('remembers what was typed when somebody goes back', async () => {
    const { params, asked } = await ask(
      { type: 'tablet' },
      'back',
      { type: 'tablet 2' },
      { pick: '1 day' },
      { tick: [] },
      { pick: 'Create' },
    );

    assert.equal(asked[2]!.suggestion, 'tablet');
    assert.equal(params.label, 'tablet 2');
  });

  it('refuses a name that another key has', async () => {
    await assert.rejects(ask({ type: 'laptop' }), /Another key has this name/);
  });

  it('asks nothing about models where there are none', async () => {
    const input = new FakeStepInput({ type: 'x' }, { pick: '1 day' }, { pick: 'Create' });

    await askForKey({ input, l10n: english, now, models: [], labels: [] });

    assert.equal(input.left, 0);
  });

  it('makes nothing when it is dismissed half-way', async () => {
    await assert.rejects(ask({ type: 'x' }, 'dismiss'), (error) => FlmError.is(error, 'cancelled'));
  });
});
