import assert from 'node:assert/strict';
import { FlmError } from '../../../../src/core/errors';
import type { MachineAddress } from '../../../../src/core/exposure';
import type { Share } from '../../../../src/core/share';
import { askForEnd, askForShareChange } from '../../../../src/editor/shares/change-share-steps';
import type { ShareQuestions } from '../../../../src/editor/shares/share-questions';
import { english, now } from '../editor-facts';
import { FakeStepInput, type Answer } from '../fake-step-input';
import { hourMs, makeShare, wifi } from './share-fixtures';

const share = makeShare({ limits: { models: ['ollama/*'], requestsPerDay: 200 } });

const eth0: MachineAddress = { ...wifi, interfaceName: 'eth0', address: '10.0.0.7', range: '10.0.0.0/24' };

async function change(...answers: Answer[]) {
  return changeWith({}, share, ...answers);
}

async function changeWith(over: Partial<ShareQuestions>, of: Share, ...answers: Answer[]) {
  const input = new FakeStepInput(...answers);
  const questions = { input, l10n: english, now, models: [], machine: [wifi], isUnencrypted: false, ...over };
  const { change: params, encryption } = await askForShareChange(questions, of);
  assert.equal(input.left, 0);
  return { params, encryption, asked: input.asked };
}

describe('changing a share', () => {
  it('changes one limit and leaves the others', async () => {
    const { params, asked } = await change({ pick: 'Requests per day' }, { type: '500' });

    assert.deepEqual(params, { id: share.id, limits: { models: ['ollama/*'], requestsPerDay: 500 } });
    assert.equal(asked[1]!.suggestion, '200');
  });

  it('takes a limit away for an empty answer', async () => {
    const { params } = await change({ pick: 'Requests per day' }, { type: '' });

    assert.deepEqual(params.limits, { models: ['ollama/*'] });
  });

  it('changes who may use it', async () => {
    const { params, asked } = await change({ pick: 'Who' }, { pick: 'One Address' }, { type: '192.168.1.8' });

    assert.deepEqual(params, { id: share.id, audience: { type: 'addresses', ranges: ['192.168.1.8'] } });
    assert.equal(asked[2]!.suggestion, '192.168.1.7');
  });

  it('changes it to chosen networks of this machine', async () => {
    const over = { machine: [wifi, eth0] };
    const { params } = await changeWith(over, share, { pick: 'Who' }, { pick: 'Your Network' }, { tick: ['eth0'] });

    assert.deepEqual(params.audience, { type: 'lan', interfaces: ['eth0'] });
  });

  it('shows the chosen networks ticked', async () => {
    const of = makeShare({ audience: { type: 'lan', interfaces: ['eth0'] } });
    const over = { machine: [wifi, eth0] };
    const { asked } = await changeWith(over, of, { pick: 'Who' }, { pick: 'Your Network' }, { tick: [] });

    assert.equal(asked[2]!.suggestion, 'eth0');
  });

  it('means every private network where there is no choice any more', async () => {
    const of = makeShare({ audience: { type: 'lan', interfaces: ['eth0'] } });
    const { params } = await changeWith({}, of, { pick: 'Who' }, { pick: 'Your Network' });

    assert.deepEqual(params.audience, { type: 'lan' });
  });

  it('goes back from the address to who it is for', async () => {
    const { params, asked } = await change({ pick: 'Who' }, { pick: 'One Address' }, 'back', { pick: 'The Internet' });

    assert.deepEqual(params.audience, { type: 'internet' });
    assert.deepEqual(
      asked.map(({ step }) => step),
      ['1/1', '2/3', '3/3', '2/3'],
    );
  });

  it('changes which models, and keeps on the list what no engine offers now', async () => {
    const models = [{ pattern: 'ollama/llama3.2:3b', label: 'ollama/llama3.2:3b' }];
    const { params, asked } = await changeWith(
      { models },
      share,
      { pick: 'Models' },
      { tick: ['ollama/*', 'ollama/llama3.2:3b'] },
    );

    assert.deepEqual(params.limits, { models: ['ollama/*', 'ollama/llama3.2:3b'], requestsPerDay: 200 });
    assert.equal(asked[1]!.suggestion, 'ollama/*');
  });

  it('asks for models by name while no engine offers any', async () => {
    const { params, asked } = await change({ pick: 'Models' }, { type: 'vllm/*, ollama/*' });

    assert.deepEqual(params.limits, { models: ['vllm/*', 'ollama/*'], requestsPerDay: 200 });
    assert.equal(asked[1]!.suggestion, 'ollama/*');
  });

  it('changes what it is for', async () => {
    const { params } = await change({ pick: 'Routes' }, { tick: ['Embeddings'] });

    assert.deepEqual(params.limits, { models: ['ollama/*'], requestsPerDay: 200, routes: ['/v1/embeddings'] });
  });

  it('leaves routes as they are when another limit changes', async () => {
    const of = makeShare({ limits: { routes: ['/v1/rerank'] } });
    const { params } = await changeWith({}, of, { pick: 'Requests at once' }, { type: '2' });

    assert.deepEqual(params.limits, { routes: ['/v1/rerank'], concurrency: 2 });
  });

  it('gives a share without an end one', async () => {
    const { params } = await change({ pick: 'Until' }, { pick: '1 hour' });

    assert.deepEqual(params, { id: share.id, expiresAt: now + hourMs });
  });

  it('takes the end away', async () => {
    const { params } = await change({ pick: 'Until' }, { pick: 'Until You Stop It' });

    assert.deepEqual(params, { id: share.id, expiresAt: null });
  });

  it('asks how to protect connections where nothing does yet and others will come', async () => {
    const over = { isUnencrypted: true };
    const { params, encryption } = await changeWith(
      over,
      share,
      { pick: 'Who' },
      { pick: 'Your Network' },
      { pick: '$(lock) Encrypt' },
    );

    assert.deepEqual(params.audience, { type: 'lan' });
    assert.equal(encryption, 'self-signed');
  });

  it('asks nothing about that for a program on this machine, or for another name', async () => {
    const over = { isUnencrypted: true };
    const here = await changeWith(over, share, { pick: 'Who' }, { pick: 'This Machine' });
    const named = await changeWith(over, share, { pick: 'Name' }, { type: 'Mia' });

    assert.equal(here.encryption, undefined);
    assert.equal(named.encryption, undefined);
  });

  it('changes its name', async () => {
    const { params } = await change({ pick: 'Name' }, { type: ' Mia ' });

    assert.deepEqual(params, { id: share.id, label: 'Mia' });
  });

  it('goes back to the list, and forgets what was answered on the way', async () => {
    const { params } = await change(
      { pick: 'Who' },
      { pick: 'One Address' },
      'back',
      'back',
      { pick: 'Name' },
      { type: 'Mia' },
    );

    assert.deepEqual(params, { id: share.id, label: 'Mia' });
  });

  it('changes nothing when dismissed', async () => {
    await assert.rejects(change({ pick: 'Who' }, 'dismiss'), (error) => FlmError.is(error, 'cancelled'));
  });
});

describe('extending a share', () => {
  async function extend(...answers: Answer[]) {
    return askForEnd({ input: new FakeStepInput(...answers), l10n: english, now }, share);
  }

  it('counts from now', async () => {
    assert.equal(await extend({ pick: '1 hour' }), now + hourMs);
  });

  it('can take the end away', async () => {
    assert.equal(await extend({ pick: 'Until You Stop It' }), null);
  });

  it('takes a day, and goes back from it', async () => {
    const end = await extend({ pick: 'Until a Day' }, 'back', { pick: 'Until a Day' }, { type: '2027-01-31' });

    assert.equal(end, new Date(2027, 0, 31, 23, 59, 59, 999).getTime());
  });

  it('changes nothing when dismissed', async () => {
    await assert.rejects(extend('dismiss'), (error) => FlmError.is(error, 'cancelled'));
  });
});
