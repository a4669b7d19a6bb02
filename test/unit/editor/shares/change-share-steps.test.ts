import assert from 'node:assert/strict';
import { FlmError } from '../../../../src/core/errors';
import type { MachineAddress } from '../../../../src/core/exposure';
import { askForShareChange } from '../../../../src/editor/shares/change-share-steps';
import { askForEnd } from '../../../../src/editor/shares/end-steps';
import { english, now } from '../editor-facts';
import { FakeStepInput, type Answer } from '../fake-step-input';
import { hourMs, makeShare, wifi } from './share-fixtures';

const share = makeShare({ limits: { models: ['ollama/*'], requestsPerDay: 200 } });

async function change(...answers: Answer[]) {
  return changeOn([wifi], ...answers);
}

async function changeOn(machine: readonly MachineAddress[], ...answers: Answer[]) {
  const input = new FakeStepInput(...answers);
  const questions = { input, l10n: english, now, models: [], machine };
  const params = await askForShareChange(questions, share);
  assert.equal(input.left, 0);
  return { params, asked: input.asked };
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
    const machine = [wifi, { ...wifi, interfaceName: 'eth0', address: '10.0.0.7', range: '10.0.0.0/24' }];
    const { params } = await changeOn(machine, { pick: 'Who' }, { pick: 'Your Network' }, { tick: ['eth0'] });

    assert.deepEqual(params.audience, { type: 'lan', interfaces: ['eth0'] });
  });

  it('changes its name', async () => {
    const { params } = await change({ pick: 'Name' }, { type: ' Mia ' });

    assert.deepEqual(params, { id: share.id, label: 'Mia' });
  });

  it('goes back to the list', async () => {
    const { params } = await change({ pick: 'Who' }, 'back', { pick: 'Name' }, { type: 'Mia' });

    assert.equal(params.label, 'Mia');
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
