import assert from 'node:assert/strict';
import { HostGuard } from '../../../src/proxy/host-guard';

const guard = new HostGuard(['Box.Example', 'proxy.test']);
const check = (host: string) => guard.check(['Accept', '*/*', 'Host', host]);

describe('HostGuard', () => {
  for (const host of [
    'localhost',
    'LOCALHOST:11435',
    'localhost.',
    'app.localhost:3000',
    '127.0.0.1:11435',
    '[::1]:11435',
    '0.0.0.0:11435',
    'box.example',
    'BOX.EXAMPLE.:443',
    'proxy.test:1',
  ]) {
    it(`lets ${host} pass as this machine`, () => {
      assert.deepEqual(check(host), { ok: true, isOutside: false });
    });
  }

  for (const host of ['192.168.1.20:11435', '[fe80::1]', '203.0.113.5']) {
    it(`lets the literal ${host} pass, as one from outside`, () => {
      assert.deepEqual(check(host), { ok: true, isOutside: true });
    });
  }

  for (const host of [
    '',
    ':11434',
    'evil.example',
    'localhost.evil.example',
    'evil-localhost',
    '127.0.0.1.nip.io',
    '127.1',
    '0177.0.0.1',
    '2130706433',
    'user@localhost',
    'localhost:99999999',
    'localhost:abc',
    'localhost/',
    'localhost, evil.example',
    '[::1',
    'sub.box.example',
  ]) {
    it(`refuses ${JSON.stringify(host)}`, () => {
      assert.equal(check(host).ok, false);
    });
  }

  it('refuses a missing Host', () => {
    assert.equal(guard.check([]).ok, false);
  });

  it('refuses a repeated Host, whatever the spelling of its name', () => {
    assert.equal(guard.check(['Host', 'localhost', 'hOST', 'localhost']).ok, false);
  });
});
