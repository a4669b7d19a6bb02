import assert from 'node:assert/strict';
import { endpointOf, listenAddress } from '../../../../src/gateway/proxy/listen-address';

describe('address the proxy listens on', () => {
  for (const host of ['127.0.0.1', '127.8.8.8', '::1']) {
    it(`is ${host} when that is configured`, () => {
      assert.deepEqual(listenAddress(host, false), { host });
    });
  }

  for (const host of ['localhost', 'LOCALHOST', '', ' ']) {
    it(`is 127.0.0.1 for "${host}"`, () => {
      assert.deepEqual(listenAddress(host, false), { host: '127.0.0.1' });
    });
  }

  for (const host of ['0.0.0.0', '::', '192.168.1.20', 'fd00::1', 'gpu-box', 'localhost.evil.example', '0', '127.1']) {
    it(`is 127.0.0.1, with a notice, for ${host} without a usable key`, () => {
      assert.deepEqual(listenAddress(host, false), {
        host: '127.0.0.1',
        notice: { code: 'proxy.bindRefused', args: [host] },
      });
    });
  }

  it('is the configured one once a usable key guards it', () => {
    assert.deepEqual(listenAddress('0.0.0.0', true), { host: '0.0.0.0' });
  });

  it('is shown so that a client on this machine can use it', () => {
    assert.equal(endpointOf('::1', 11435), 'http://[::1]:11435/v1');
    assert.equal(endpointOf('0.0.0.0', 11435), 'http://127.0.0.1:11435/v1');
    assert.equal(endpointOf('::', 11435), 'http://[::1]:11435/v1');
  });
});
