import assert from 'node:assert/strict';
import { certificate } from '../../../../src/gateway/checkup/checks/certificate';
import { clockSkew } from '../../../../src/gateway/checkup/checks/clock-skew';
import { exposureMode } from '../../../../src/gateway/checkup/checks/exposure-mode';
import { keyFiles } from '../../../../src/gateway/checkup/checks/key-files';
import { plainHttp } from '../../../../src/gateway/checkup/checks/plain-http';
import { trustedProxies } from '../../../../src/gateway/checkup/checks/trusted-proxies';
import { tunnel } from '../../../../src/gateway/checkup/checks/tunnel';
import type { CertificateFacts, TlsState } from '../../../../src/core/tls';
import { FakeClock } from '../../../helpers/fake-clock';
import { exposed, FakeHttp, makeEngine, makeTools, outcomeOf } from './checkup-fixture';
import { lan, publicAddress } from '../../../helpers/machine-addresses';

const dayMs = 24 * 60 * 60 * 1000;
const now = new FakeClock().now();

describe('files that others can read', () => {
  it('are FLM’s folder when it is open to anybody but its owner', async () => {
    const { findings } = await outcomeOf(
      keyFiles,
      { dataDir: "/o'brien" },
      makeTools(undefined, { "/o'brien": 0o750 }),
    );

    assert.equal(findings[0]?.severity, 'high');
    assert.equal(findings[0].command, String.raw`chmod 700 '/o'\''brien'`);
  });

  it('are the user’s certificate key when it is open to others; a group may be meant', async () => {
    const tlsPolicy = { mode: 'files', keyFile: '/etc/key.pem' } as const;
    const found = async (mode: number) =>
      (await outcomeOf(keyFiles, { tlsPolicy }, makeTools(undefined, { '/data': 0o700, '/etc/key.pem': mode })))
        .findings;

    assert.equal((await found(0o640)).length, 0);
    assert.equal((await found(0o644))[0]!.command, "chmod o-rwx '/etc/key.pem'");
  });

  it('are none when folder and key are closed or not there', async () => {
    assert.deepEqual((await outcomeOf(keyFiles, {}, makeTools(undefined, { '/data': 0o700 }))).findings, []);
    assert.deepEqual((await outcomeOf(keyFiles, {})).findings, []);
  });

  it('cannot be told on Windows, which is said', async () => {
    const { findings, skipped } = await outcomeOf(keyFiles, { platform: 'win32' });

    assert.deepEqual(findings, []);
    assert.equal(skipped?.[0]?.code, 'checkup.files.unchecked');
  });
});

describe('trouble with the certificate', () => {
  const facts: CertificateFacts = {
    names: ['192.168.1.20', 'gpu.example.org', '*.lan.example.org'],
    issuer: 'FLM',
    notBefore: now - dayMs,
    notAfter: now + 60 * dayMs,
    fingerprint: 'AA',
  };
  const ready = (certificateFacts: Partial<CertificateFacts> = {}, more: Partial<TlsState> = {}): TlsState => ({
    mode: 'files',
    phase: 'ready',
    certificate: { ...facts, ...certificateFacts },
    ...more,
  });
  const found = async (tls: TlsState, urls: readonly string[] = []) => {
    const endpoints = urls.map((url) => ({ from: 'network', url, isTls: true }) as const);
    const { findings } = await outcomeOf(certificate, { tls, endpoints });
    return findings.map(({ severity, what }) => [severity, what.code]);
  };

  it('is none while it is valid, or not wanted', async () => {
    assert.deepEqual(await found(ready()), []);
    assert.deepEqual(await found({ mode: 'off', phase: 'off' }), []);
  });

  it('is its failure, its end, or a beginning that lies ahead', async () => {
    assert.deepEqual(await found({ mode: 'acme', phase: 'failed' }), [['high', 'checkup.tls.failedWhat']]);
    assert.deepEqual(await found(ready({ notAfter: now })), [['high', 'checkup.tls.expiredWhat']]);
    assert.deepEqual(await found(ready({ notBefore: now + 1 })), [['high', 'checkup.tls.earlyWhat']]);
  });

  it('is told 30 days ahead where nobody renews it, and 7 days ahead otherwise', async () => {
    const in20Days = { notAfter: now + 20 * dayMs };

    assert.deepEqual(await found(ready(in20Days)), [['low', 'checkup.tls.soonWhat']]);
    assert.deepEqual(await found(ready(in20Days, { renewsAt: now + dayMs })), []);
    assert.deepEqual(await found(ready({ notAfter: now + 5 * dayMs }, { renewsAt: now })), [
      ['medium', 'checkup.tls.soonWhat'],
    ]);
    assert.deepEqual(await found(ready({ notAfter: now + dayMs / 2 })), [['high', 'checkup.tls.soonWhat']]);
  });

  it('is an address or name of the proxy that it does not cover', async () => {
    const covered = ['https://192.168.1.20:1/v1', 'https://GPU.example.org/v1', 'https://a.lan.example.org/v1'];
    const uncovered = ['https://10.0.0.1:1/v1', 'https://a.b.lan.example.org/v1', 'https://[fd00::1]:1/v1'];

    assert.deepEqual(await found(ready(), covered), []);
    assert.deepEqual(await found(ready(), uncovered), [['medium', 'checkup.tls.namesWhat']]);
  });
});

describe('how the proxy is exposed', () => {
  it('without enforcement is worth a finding only beyond this machine', async () => {
    const severity = async (facts: Parameters<typeof outcomeOf>[1]) =>
      (await outcomeOf(exposureMode, facts)).findings[0]?.severity;

    assert.equal(await severity({ mode: 'off' }), undefined);
    assert.equal(await severity({ mode: 'off', exposure: exposed }), 'high');
    assert.equal(await severity({ mode: 'observe', exposure: exposed }), 'medium');
    assert.equal(await severity({ mode: 'enforce', exposure: exposed }), undefined);
  });

  it('without encryption is grave on a public address', async () => {
    const severity = async (facts: Parameters<typeof outcomeOf>[1]) =>
      (await outcomeOf(plainHttp, facts)).findings[0]?.severity;
    const open = { ...exposed, addresses: [publicAddress.address] };

    assert.equal(await severity({}), undefined);
    assert.equal(await severity({ exposure: exposed }), 'medium');
    assert.equal(await severity({ exposure: open, addresses: [lan, publicAddress] }), 'high');
    assert.equal(await severity({ exposure: exposed, tls: { mode: 'files', phase: 'ready' } }), undefined);
  });
});

describe('trust in proxies', () => {
  it('is wide when it covers more than a small network', async () => {
    const found = async (...ranges: string[]) =>
      (await outcomeOf(trustedProxies, { trustedProxies: ranges, exposure: exposed })).findings.map(
        ({ what }) => what.args,
      );

    assert.deepEqual(await found('10.0.0.1', '192.168.1.0/24', '127.0.0.0/8', '::1', '2001:db8::/64'), []);
    assert.deepEqual(await found('10.0.0.0/8', '192.168.0.0/16'), [
      ['10.0.0.0/8', '2^24'],
      ['192.168.0.0/16', 65_536],
    ]);
  });
});

describe('a tunnel nobody told of', () => {
  it('is known by the requests that came through it', async () => {
    const forwarded = { count: 7, header: 'cf-ray', windowMs: dayMs };
    const { findings } = await outcomeOf(tunnel, { forwarded });

    assert.deepEqual(findings[0]?.what.args, [7, '24 h', 'cf-ray']);
    assert.deepEqual((await outcomeOf(tunnel, {})).findings, []);
  });
});

describe('the clock', () => {
  const remote = (host: string) => makeEngine({ id: host, baseUrl: `http://${host}:11434`, isRemote: true });
  const dated = (differences: Readonly<Record<string, number>>) =>
    makeTools(
      new FakeHttp(({ url }) => {
        const difference = differences[new URL(url).hostname];
        return difference === undefined ? {} : { headers: { date: new Date(now + difference).toUTCString() } };
      }),
    );

  it('is wrong when most other machines differ by more than five minutes', async () => {
    const engines = [remote('192.0.2.1'), remote('192.0.2.2'), remote('192.0.2.3')];
    const tools = dated({ '192.0.2.1': 0, '192.0.2.2': -600_000, '192.0.2.3': -610_000 });
    const { findings } = await outcomeOf(clockSkew, { engines }, tools);

    assert.equal(findings[0]?.what.args[1], 600);
    assert.equal(findings[0].command, 'sudo timedatectl set-ntp true');
  });

  it('is right when one machine alone differs, or all by little', async () => {
    const engines = [remote('192.0.2.1'), remote('192.0.2.2'), remote('192.0.2.3')];
    const tools = dated({ '192.0.2.1': 290_000, '192.0.2.2': 1_000, '192.0.2.3': -610_000 });

    assert.deepEqual((await outcomeOf(clockSkew, { engines }, tools)).findings, []);
  });

  it('is compared with the ACME directory, too', async () => {
    const tools = dated({ 'ca.example.org': 3_600_000 });
    const { findings } = await outcomeOf(clockSkew, { acmeDirectory: 'https://ca.example.org/directory' }, tools);

    assert.deepEqual(findings[0]?.what.args, ['ca.example.org', 3600]);
  });

  it('cannot be told alone, which is said', async () => {
    const { skipped } = await outcomeOf(clockSkew, { engines: [makeEngine(), remote('192.0.2.9')] });

    assert.equal(skipped?.[0]?.code, 'checkup.clock.unchecked');
  });
});
