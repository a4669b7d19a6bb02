import assert from 'node:assert/strict';
import { ForwardedWatch, forwardedWindowMs } from '../../../../src/gateway/checkup/forwarded-watch';
import { FakeClock } from '../../../helpers/fake-clock';

const direct = (socketAddress: string): string => socketAddress;
const tunnelled = { 'x-forwarded-for': '203.0.113.9' };

describe('requests through an unknown proxy on this machine', () => {
  it('are counted by their forwarding headers', () => {
    const watch = new ForwardedWatch(new FakeClock());
    const find = watch.watching(direct);

    assert.equal(find('127.0.0.1', tunnelled), '127.0.0.1');
    find('::1', { 'cf-ray': '1' });

    assert.deepEqual(watch.recent(), { count: 2, header: 'cf-ray', windowMs: forwardedWindowMs });
  });

  it('are none without such headers, from elsewhere, or when the proxy is trusted', () => {
    const watch = new ForwardedWatch(new FakeClock());
    watch.watching(direct)('127.0.0.1', {});
    watch.watching(direct)('192.168.1.9', tunnelled);
    watch.watching(() => '203.0.113.9')('127.0.0.1', tunnelled);

    assert.equal(watch.recent(), undefined);
  });

  it('are forgotten after a day', () => {
    const clock = new FakeClock();
    const watch = new ForwardedWatch(clock);
    const find = watch.watching(direct);
    find('127.0.0.1', tunnelled);

    clock.advance(forwardedWindowMs / 2);
    find('127.0.0.1', tunnelled);
    assert.equal(watch.recent()?.count, 2);

    clock.advance(forwardedWindowMs / 2);
    assert.equal(watch.recent()?.count, 1);

    clock.advance(forwardedWindowMs);
    assert.equal(watch.recent(), undefined);
  });
});
