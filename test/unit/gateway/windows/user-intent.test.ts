import assert from 'node:assert/strict';
import { UserIntent } from '../../../../src/gateway/windows/user-intent';
import { FakeClock } from '../../../helpers/fake-clock';
import { makeEvent } from '../../editor/security-facts';

const opened = makeEvent({ kind: 'exposure.changed', details: { from: 'loopback', to: '0.0.0.0' } });
const closed = makeEvent({ kind: 'exposure.changed', details: { from: '0.0.0.0', to: 'loopback' } });

describe('a change of exposure', () => {
  it('is the user’s own shortly after the user asked for it', () => {
    const intent = new UserIntent(new FakeClock());

    intent.note('proxy/start');

    assert.equal(intent.explains(opened, 'on'), true);
  });

  it('is nobody’s when it comes by itself', () => {
    const clock = new FakeClock();
    const intent = new UserIntent(clock);
    assert.equal(intent.explains(opened, 'on'), false);

    intent.note('proxy/restart');
    clock.advance(15_000);

    assert.equal(intent.explains(opened, 'on'), false);
  });

  it('is not explained by requests that have nothing to do with it', () => {
    const intent = new UserIntent(new FakeClock());

    intent.note('engines/refresh');

    assert.equal(intent.explains(opened, 'on'), false);
  });

  it('need not be told when the proxy is off anyway', () => {
    const intent = new UserIntent(new FakeClock());

    assert.equal(intent.explains(closed, 'off'), true);
    assert.equal(intent.explains(closed, 'on'), false);
  });

  it('is the agreed end of a share or of a time, of which nobody has to be told', () => {
    const intent = new UserIntent(new FakeClock());
    const change = (to: string, by: string) =>
      makeEvent({ kind: 'exposure.changed', details: { from: '192.168.1.20, 10.0.0.5', to, by } });

    assert.equal(intent.explains(change('loopback', 'share'), 'on'), true);
    assert.equal(intent.explains(change('loopback', 'timer'), 'on'), true);
    assert.equal(intent.explains(change('loopback', 'key'), 'on'), false);
    assert.equal(intent.explains(change('10.0.0.5', 'share'), 'on'), false);
  });

  it('is the only thing an intent explains', () => {
    const intent = new UserIntent(new FakeClock());

    intent.note('proxy/start');

    assert.equal(intent.explains(makeEvent(), 'on'), false);
  });
});

describe('a hole found by the check-up', () => {
  const found = makeEvent({ kind: 'checkup.finding', severity: 'high' });

  it('is read in the report by whoever asked for the check-up', () => {
    const clock = new FakeClock();
    const intent = new UserIntent(clock);
    assert.equal(intent.explains(found, 'on'), false);

    intent.note('checkup/run');
    assert.equal(intent.explains(found, 'on'), true);

    clock.advance(90_000);
    assert.equal(intent.explains(found, 'on'), false);
  });
});
