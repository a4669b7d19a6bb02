import assert from 'node:assert/strict';
import { HostGuard, matchesName, type HostVerdict } from '../../../src/proxy/host-guard';

const guard = new HostGuard(['Box.Example', 'proxy.test']);
const check = (host: string) => guard.check(['Accept', '*/*', 'Host', host]);

/** How it passed; undefined: it did not. */
function passed(verdict: HostVerdict): { isOutside: boolean } | undefined {
  return verdict.ok ? { isOutside: verdict.isOutside } : undefined;
}

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
      assert.deepEqual(passed(check(host)), { isOutside: false });
    });
  }

  for (const host of ['192.168.1.20:11435', '[fe80::1]', '203.0.113.5']) {
    it(`lets the literal ${host} pass, as one from outside`, () => {
      assert.deepEqual(passed(check(host)), { isOutside: true });
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
    '127.0.0.1%evil.example',
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

  for (const [host, name] of [
    ['LOCALHOST:11435', 'localhost'],
    ['[::1]:11435', '::1'],
    ['BOX.EXAMPLE.:443', 'box.example'],
    ['192.168.1.20:80', '192.168.1.20'],
  ] as const) {
    it(`knows ${host} as ${name}`, () => {
      const verdict = check(host);

      assert.equal(verdict.ok && verdict.name, name);
    });
  }
});

/** Names this gateway is told to others by. */
describe('HostGuard while the gateway is announced', () => {
  const announced = new HostGuard(['mine.example'], ['desk', 'desk.local', 'llm.example.org', '*.models.example.org']);
  const call = (host: string) => passed(announced.check(['Host', host]));

  for (const host of ['desk:11435', 'DESK.local', 'llm.example.org', 'a.models.example.org:11435']) {
    it(`lets ${host} pass, but never as this machine: whoever answers for that name may point it to 127.0.0.1`, () => {
      assert.deepEqual(call(host), { isOutside: true });
    });
  }

  for (const host of [
    'evil.local',
    'desk.local.evil.example',
    'desk.evil.example',
    'xdesk.local',
    'sub.desk.local',
    'example.org',
    'models.example.org',
    'a.b.models.example.org',
    '*.models.example.org',
    'local',
  ]) {
    it(`still refuses ${host}`, () => {
      assert.equal(call(host), undefined);
    });
  }

  it('leaves names that a person configured as they are', () => {
    assert.deepEqual(call('mine.example'), { isOutside: false });
  });

  it('matches a wildcard for exactly one label', () => {
    const names = new Set(['*.example.org']);

    assert.deepEqual(
      ['a.example.org', 'a.b.example.org', 'example.org'].map((name) => matchesName(names, name)),
      [true, false, false],
    );
  });
});
