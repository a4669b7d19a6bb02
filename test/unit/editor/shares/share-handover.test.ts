import assert from 'node:assert/strict';
import type { TlsState } from '../../../../src/core/tls';
import {
  curlText,
  customEndpointJson,
  messageForOthers,
  messageWithoutKey,
  qrText,
  type Handover,
} from '../../../../src/editor/shares/share-handover';
import { modelToBegin, sharedToolModels } from '../../../../src/editor/shares/shared-models';
import { english, makeEngine, makeModel, now } from '../editor-facts';
import { hourMs, makeShare } from './share-fixtures';

const secret = `flm-abcdefghijkl-${'A'.repeat(43)}`;
const selfSigned: TlsState = { mode: 'self-signed', phase: 'ready', caFingerprint: 'AB:CD' };
const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

function handover(over: Partial<Handover> = {}): Handover {
  return {
    share: makeShare({ limits: { models: ['ollama/a'] }, expiresAt: now + hourMs }),
    endpoint: { from: 'network', url: 'https://192.168.1.20:11435/v1', isTls: true },
    secret,
    model: 'ollama/a',
    tls: selfSigned,
    caPem: pem,
    ...over,
  };
}
const plain = () =>
  handover({
    endpoint: { from: 'network', url: 'http://192.168.1.20:11435/v1', isTls: false },
    tls: { mode: 'off', phase: 'off' },
  });

describe('what is sent to the other side', () => {
  it('has address, key, models and end', () => {
    const message = messageForOthers(english, handover());

    assert.match(message, /Base URL: https:\/\/192\.168\.1\.20:11435\/v1/);
    assert.ok(message.includes(`API key: ${secret}`));
    assert.match(message, /Models: ollama\/a/);
    assert.match(message, /Until: /);
  });

  it('says in which time zone it ends: the other side may be in another', () => {
    const parts = new Intl.DateTimeFormat('en', { timeZoneName: 'short' }).formatToParts(handover().share.expiresAt);
    const zone = parts.find(({ type }) => type === 'timeZoneName')!.value;

    const until = /Until: (.*)/.exec(messageForOthers(english, handover()))?.[1];

    assert.ok(until?.endsWith(` ${zone}`), until);
  });

  it('says how to trust the certificate, with the certificate itself and its fingerprint', () => {
    const message = messageForOthers(english, handover());

    assert.ok(message.includes(pem.trim()));
    assert.match(message, /fingerprint: AB:CD/);
    assert.match(message, /NODE_EXTRA_CA_CERTS=flm-ca\.pem/);
    assert.match(message, /curl --cacert flm-ca\.pem https/);
  });

  it('says nothing of certificates where a public one is used', () => {
    const message = messageForOthers(english, handover({ tls: { mode: 'acme', phase: 'ready' } }));

    assert.ok(!/certificate|--cacert/.test(message));
  });

  it('warns where nothing is encrypted', () => {
    assert.match(messageForOthers(english, plain()), /not encrypted/);
  });

  it('can be told again, without the key', () => {
    const message = messageWithoutKey(english, handover());

    assert.ok(!message.includes(secret));
    assert.match(message, /API key: the one you were given/);
  });

  it('is a command line that tries it', () => {
    assert.match(curlText(plain(), 'posix'), /^curl http:\/\/192\.168\.1\.20:11435\/v1\/chat\/completions/);
    assert.match(curlText(handover(), 'powershell'), /^Invoke-RestMethod https/);
  });

  it('is what VS Code reads as a custom endpoint', () => {
    const engines = [makeEngine({ id: 'ollama', models: [makeModel({ id: 'a' }), makeModel({ id: 'b' })] })];
    const [group] = JSON.parse(customEndpointJson(handover(), sharedToolModels(engines, { models: ['ollama/a'] }))) as [
      { vendor: string; apiKey: string; models: { id: string; url: string }[] },
    ];

    assert.deepEqual([group.vendor, group.apiKey], ['customendpoint', secret]);
    assert.deepEqual(
      group.models.map(({ id, url }) => [id, url]),
      [['ollama/a', 'https://192.168.1.20:11435/v1/chat/completions']],
    );
  });

  it('is two lines for a phone', () => {
    assert.equal(qrText(handover()), `OPENAI_BASE_URL=https://192.168.1.20:11435/v1\nOPENAI_API_KEY=${secret}\n`);
  });
});

describe('the model to begin with', () => {
  const engines = [
    makeEngine({ id: 'ollama', models: [makeModel({ id: 'a' }), makeModel({ id: 'b', isLoaded: true })] }),
  ];

  it('is a loaded one that is shared', () => {
    assert.equal(modelToBegin(engines, {}), 'ollama/b');
    assert.equal(modelToBegin(engines, { models: ['*/a'] }), 'ollama/a');
  });

  it('is a named one while its engine does not run', () => {
    assert.equal(modelToBegin([], { models: ['vllm/*', 'vllm/big'] }), 'vllm/big');
    assert.equal(modelToBegin([], {}), '');
  });
});
