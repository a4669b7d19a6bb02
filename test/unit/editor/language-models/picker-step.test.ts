import assert from 'node:assert/strict';
import { pickerStep, type PickerFacts } from '../../../../src/editor/language-models/picker-step';
import { FakeClock } from '../../../helpers/fake-clock';

function makeFacts(facts: Partial<PickerFacts> = {}): PickerFacts {
  return { takesModels: () => true, countKnown: () => Promise.resolve(2), showsInAgents: () => true, ...facts };
}

async function find(offered: number, facts: Partial<PickerFacts> = {}) {
  const clock = new FakeClock();
  const asked = pickerStep(offered, makeFacts(facts), clock);
  await clock.advanceAsync(4_000, 1_000);
  const { step, ok, finding } = await asked;
  assert.equal(step, 'picker');
  return [ok, finding.code, ...finding.args];
}

describe('diagnosis of models in VS Code', () => {
  it('is content when VS Code knows every model', async () => {
    assert.deepEqual(await find(2), [true, 'picker.ok', 2, 2]);
  });

  it('tells that agent sessions do not show the models while their setting is off', async () => {
    assert.deepEqual(await find(2, { showsInAgents: () => false }), [true, 'picker.agentsHidden', 2, 2]);
  });

  it('says nothing of agent sessions where VS Code has no such setting', async () => {
    assert.deepEqual(await find(2, { showsInAgents: () => undefined }), [true, 'picker.ok', 2, 2]);
  });

  it('gives VS Code a moment to take up a change', async () => {
    const counts = [0, 1, 2];

    const found = await find(2, { countKnown: () => Promise.resolve(counts.shift() ?? 0) });

    assert.deepEqual(found, [true, 'picker.ok', 2, 2]);
  });

  it('finds models that did not arrive', async () => {
    assert.deepEqual(await find(3), [false, 'picker.missing', 3, 2]);
  });

  it('explains why VS Code may show none', async () => {
    assert.deepEqual(await find(3, { countKnown: () => Promise.resolve(0) }), [false, 'picker.hidden', 3]);
  });

  it('does not ask VS Code when there is nothing to offer', async () => {
    const countKnown = () => assert.fail('asked');

    assert.deepEqual(await find(0, { countKnown }), [true, 'picker.empty']);
  });

  it('does not ask an editor that takes no models', async () => {
    const countKnown = () => assert.fail('asked');

    assert.deepEqual(await find(2, { takesModels: () => false, countKnown }), [true, 'picker.unsupported']);
  });

  it('tells when asking fails', async () => {
    const countKnown = () => Promise.reject(new Error('no'));

    assert.deepEqual(await find(2, { countKnown }), [false, 'picker.noAnswer']);
  });

  it('waits no longer than 12 s for the answer', async () => {
    const clock = new FakeClock();
    const asked = pickerStep(2, makeFacts({ countKnown: () => new Promise(() => undefined) }), clock);

    clock.advance(12_000);

    assert.equal((await asked).finding.code, 'picker.noAnswer');
  });
});
