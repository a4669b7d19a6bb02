import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import type { Identity } from '../../../src/core/request';
import type { Exchange } from '../../../src/proxy/exchange';
import { HeldBodies } from '../../../src/proxy/held-bodies';
import { readRequestBody } from '../../../src/proxy/request-body';
import { FakeClock } from '../../helpers/fake-clock';

describe('request bodies in memory', () => {
  const by = (keyId?: string): { identity: Identity; isClosed: boolean } => ({
    identity: keyId === undefined ? { type: 'local' } : { type: 'key', keyId, label: keyId },
    isClosed: false,
  });
  let held: HeldBodies;
  beforeEach(() => (held = new HeldBodies(100, 40)));

  it('are so large at most from one key, however many requests they come in', () => {
    assert.equal(held.take(by('a'), 30, 10), true);
    assert.equal(held.take(by('a'), 11, 10), false);
    assert.equal(held.take(by('b'), 40, 10), true);
  });

  it('are so large at most from all together', () => {
    assert.equal(held.take(by(), 90, 10), true);
    assert.equal(held.take(by('a'), 11, 10), false);
    assert.equal(held.take(by(), 11, 10), false);
  });

  it('may always be one of the largest that is allowed', () => {
    assert.equal(held.take(by('a'), 200, 200), true);
    assert.equal(held.take(by('b'), 1, 200), false);
  });

  it('make room when their request is over, once', () => {
    const first = by('a');
    held.take(first, 25, 10);
    held.take(first, 15, 10);
    held.release(first);
    held.release(first);

    assert.equal(held.take(by('a'), 40, 10), true);
    assert.equal(held.take(by('a'), 1, 10), false);
  });

  it('are not counted for who has left', () => {
    assert.equal(held.take({ ...by('a'), isClosed: true }, 1, 10), false);
    assert.equal(held.take(by('a'), 40, 10), true);
  });

  it('are not read on when there is no room', async () => {
    const req = Object.assign(new PassThrough(), { headers: { 'transfer-encoding': 'chunked' }, complete: false });
    const exchange = { ...by('a'), req, res: {}, bytesIn: 0 } as unknown as Exchange;
    const limits = { maxBytes: 30, maxMiB: 1, uploadSeconds: 10, held };
    held.take(by('a'), 35, 30);

    const reading = readRequestBody(exchange, limits, new FakeClock());
    req.write('123456');

    const read = await reading;
    assert.ok(!read.ok && read.reason === 'no-room');
    assert.equal(read.error.status, 429);
    assert.equal(req.listenerCount('data'), 0);
  });
});
