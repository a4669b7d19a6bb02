import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, generateKeyPairSync, KeyObject, webcrypto } from 'node:crypto';
import { X509CertificateGenerator } from '@peculiar/x509';
import { checkPair } from '../../../src/tls/certificate';
import type { KeptPair } from '../../../src/tls/pair-file';
import { makeAuthority, type TestAuthority } from '../../helpers/tls/authority';

const dayMs = 24 * 60 * 60_000;
const now = Date.UTC(2026, 0, 1);

describe('certificate and key', () => {
  let authority: TestAuthority;
  let pair: KeptPair;
  before(async () => {
    authority = await makeAuthority(now);
    pair = await authority.issue(['server.lan', '192.168.1.20']);
  });

  const check = (text: Partial<KeptPair>, at = now) =>
    checkPair({ ...pair, ...text, certFile: 'cert.pem', keyFile: 'key.pem' }, at);
  const code = (text: Partial<KeptPair>, at = now): string => {
    const checked = check(text, at);
    return checked.ok ? 'ok' : checked.reason.code;
  };

  it('are taken with their chain, and their facts read', () => {
    const checked = check({ cert: pair.cert + authority.cert });

    assert.ok(checked.ok);
    const { names, issuer, notBefore, notAfter } = checked.pair.facts;
    assert.deepEqual([...names].sort(), ['127.0.0.1', '192.168.1.20', '::1', 'localhost', 'server.lan']);
    assert.equal(issuer, `Test CA ${now}`);
    assert.equal(notAfter - notBefore, 397 * dayMs);
  });

  it('are taken from one file with text around them and Windows line ends', () => {
    const both = `subject: somebody\n${pair.cert}\n${pair.key}`.replaceAll('\n', '\r\n');

    assert.equal(code({ cert: both, key: both }), 'ok');
  });

  it('are taken with a key in the older forms of PEM', () => {
    const key = createPrivateKey(pair.key).export({ format: 'pem', type: 'sec1' }).toString();

    assert.equal(code({ key }), 'ok');
  });

  const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const otherPem = otherKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const refusals: readonly (readonly [string, () => Partial<KeptPair>, string])[] = [
    ['the key of another certificate', () => ({ key: otherPem }), 'tls.keyMismatch'],
    ['no certificate', () => ({ cert: 'hello' }), 'tls.noCertificate'],
    ['half a certificate', () => ({ cert: pair.cert.slice(0, 300) }), 'tls.noCertificate'],
    [
      'a certificate that is none',
      () => ({ cert: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }),
      'tls.noCertificate',
    ],
    ['no key', () => ({ key: '' }), 'tls.noKey'],
    [
      'a public key',
      () => ({ key: createPublicKey(otherKey).export({ format: 'pem', type: 'spki' }).toString() }),
      'tls.noKey',
    ],
    [
      'an encrypted key',
      () => ({
        key: otherKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
      }),
      'tls.keyEncrypted',
    ],
    [
      'a key encrypted the older way',
      () => ({
        key: otherKey.export({ format: 'pem', type: 'sec1', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
      }),
      'tls.keyEncrypted',
    ],
    ['the CA before the certificate', () => ({ cert: authority.cert + pair.cert }), 'tls.chainOrder'],
    ['a chain with a gap', () => ({ cert: pair.cert + pair.cert }), 'tls.chainOrder'],
    ['hundreds of certificates', () => ({ cert: pair.cert.repeat(200) }), 'tls.noCertificate'],
  ];
  for (const [what, text, expected] of refusals) {
    it(`are refused with ${what}`, () => {
      assert.equal(code(text()), expected);
    });
  }

  it('are refused before and after their time', () => {
    assert.equal(code({}, now - dayMs), 'tls.notYetValid');
    assert.equal(code({}, now + 396 * dayMs), 'ok');
    assert.equal(code({}, now + 397 * dayMs), 'tls.expired');
  });

  it('are refused when TLS itself does not take them: a key of 512 bits', async () => {
    assert.equal(code(await weakPair()), 'tls.rejected');
  });
});

async function weakPair(): Promise<KeptPair> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 512,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=weak',
    notBefore: new Date(now - dayMs),
    notAfter: new Date(now + dayMs),
    keys,
    signingAlgorithm: algorithm,
  });
  const key = KeyObject.from(keys.privateKey).export({ format: 'pem', type: 'pkcs8' }).toString();
  return { cert: certificate.toString('pem'), key };
}
