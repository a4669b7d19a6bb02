import assert from 'node:assert/strict';
import { FlmError } from '../../../../src/core/errors';
import { askForExposure, type ExposureQuestions } from '../../../../src/editor/exposure/exposure-steps';
import { english, now } from '../editor-facts';
import { FakeStepInput, type Answer } from '../fake-step-input';
import { dayMs } from '../sharing-facts';
import { lan, publicAddress } from '../../../helpers/machine-addresses';

function ask(answers: Answer[], more: Partial<ExposureQuestions> = {}) {
  const input = new FakeStepInput(...answers);
  const wish = askForExposure({
    input,
    l10n: english,
    now,
    addresses: [lan, publicAddress],
    current: { scope: 'machine', addresses: [] },
    tlsMode: 'self-signed',
    allowsPlainHttp: false,
    ...more,
  });
  return { input, wish };
}

describe('asking who may connect', () => {
  it('is done at once for this machine only', async () => {
    assert.deepEqual(await ask([{ pick: 'Only This Machine' }]).wish, { scope: 'machine', addresses: [] });
  });

  it('goes on with addresses and time', async () => {
    const answers: Answer[] = [{ pick: 'Chosen' }, { tick: ['192.168.1.20'] }, { pick: '1 day' }];

    assert.deepEqual(await ask(answers).wish, {
      scope: 'interfaces',
      addresses: ['192.168.1.20'],
      until: now + dayMs,
    });
  });

  it('says of each address where it leads', async () => {
    const { input, wish } = ask([{ pick: 'All' }, { pick: 'Until I Change It' }]);

    assert.deepEqual(await wish, { scope: 'all', addresses: [] });
    assert.equal(input.asked.length, 2);
  });

  it('asks again until an address is ticked', async () => {
    const { input, wish } = ask([{ pick: 'Chosen' }, { tick: [] }, { tick: ['203.0.113.7'] }, { pick: '1 hour' }]);

    assert.deepEqual((await wish).addresses, ['203.0.113.7']);
    assert.equal(input.left, 0);
  });

  it('asks how to encrypt only where that is not decided', async () => {
    const open: Answer[] = [{ pick: 'All' }, { pick: '8 hours' }];

    assert.equal((await ask([...open, { pick: 'Not at All' }], { tlsMode: 'off' }).wish).encryption, 'plain');
    assert.equal((await ask([...open, { pick: 'With' }], { tlsMode: 'off' }).wish).encryption, 'self-signed');
    assert.equal((await ask(open, { tlsMode: 'off', allowsPlainHttp: true }).wish).encryption, undefined);
  });

  it('suggests what is in force', async () => {
    const current = { scope: 'interfaces', addresses: ['192.168.1.20'] } as const;
    const { input, wish } = ask([{ pick: 'Chosen' }, 'dismiss'], { current });

    await assert.rejects(wish, (error) => FlmError.is(error, 'cancelled'));
    assert.deepEqual(
      input.asked.map(({ suggestion }) => suggestion),
      ['Chosen Addresses…', '192.168.1.20'],
    );
  });

  it('offers no addresses where this machine has none, and shows the way back', async () => {
    const answers: Answer[] = [{ pick: 'Chosen' }];
    await assert.rejects(ask(answers, { addresses: [] }).wish, /no Chosen among/);

    const back = ask([{ pick: 'All' }, 'back', { pick: 'Only' }]);
    assert.equal((await back.wish).scope, 'machine');
  });
});
