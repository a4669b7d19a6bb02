import assert from 'node:assert/strict';
import type { RequestFacts, RoutingFacts } from '../../../src/core/request';
import { openGate } from '../../helpers/open-gate';

const facts = (isDirectLocal: boolean): RequestFacts => ({
  id: 'req_x',
  receivedAt: 0,
  method: 'GET',
  target: '/health',
  headers: {},
  rawHeaders: [],
  socketAddress: '127.0.0.1',
  clientAddress: '127.0.0.1',
  isDirectLocal,
  route: '/health',
  isTls: false,
});

describe('openGate', () => {
  it('lets direct local requests in', () => {
    assert.deepEqual(openGate.admit(facts(true)), { ok: true, identity: { type: 'local' } });
  });

  it('refuses everybody else as lacking a key', () => {
    const admission = openGate.admit(facts(false));

    assert.ok(!admission.ok);
    assert.equal(admission.refusal.code, 'key_missing');
  });

  it('rejects a wait for a slot whose client has gone', async () => {
    const left = AbortSignal.abort(new Error('left'));

    await assert.rejects(openGate.acquire({} as RoutingFacts, left), /left/);
  });
});
