import assert from 'node:assert/strict';
import { endpointChoices } from '../../../../src/editor/exposure/endpoint-choices';
import {
  addressFacts,
  addressText,
  exposureQuestion,
  isOpenUnencrypted,
  type ExposurePreview,
} from '../../../../src/editor/exposure/exposure-text';
import { english, now } from '../editor-facts';
import { makeSharing } from '../sharing-facts';
import { lan } from '../../../helpers/machine-addresses';

const preview: ExposurePreview = {
  addresses: ['192.168.1.20', 'fd00::1'],
  isEverything: false,
  isPublic: false,
  port: 11435,
  isEncrypted: true,
  usableKeys: 2,
};

describe('the question before other machines can connect', () => {
  it('says who, over which addresses, with which keys, encrypted or not, and how long', () => {
    const { message, detail } = exposureQuestion(english, preview);

    assert.match(message, /Let other machines reach the proxy\?/);
    assert.match(detail, /Every machine in these networks/);
    assert.match(detail, /one of the 2 API keys/);
    assert.match(detail, /The connection is encrypted/);
    assert.match(detail, /until you change it/);
    assert.match(detail, /\nhttps:\/\/192\.168\.1\.20:11435\/v1\nhttps:\/\/\[fd00::1\]:11435\/v1$/);
  });

  it('warns of the internet and of plain HTTP', () => {
    const { detail } = exposureQuestion(english, { ...preview, isPublic: true, isEncrypted: false, usableKeys: 1 });

    assert.match(detail, /the whole internet may be able to connect/);
    assert.match(detail, /not encrypted: keys, prompts and answers can be read/);
    assert.match(detail, /Only somebody who has the API key/);
    assert.match(detail, /\nhttp:\/\/192/);
  });

  it('says when it ends and what comes later', () => {
    const { detail } = exposureQuestion(english, { ...preview, isEverything: true, until: now });

    assert.match(detail, /It ends by itself on Nov 22, 2026/);
    assert.match(detail, /every address this machine gets later$/);
  });
});

describe('exposure in words', () => {
  it('is unencrypted only while it is open without a certificate in use', () => {
    assert.equal(isOpenUnencrypted(makeSharing()), false);
    assert.equal(isOpenUnencrypted(makeSharing({ tls: { mode: 'off', phase: 'off' } })), true);
    assert.equal(
      isOpenUnencrypted({ ...makeSharing({ tls: { mode: 'off', phase: 'off' } }), exposure: closed }),
      false,
    );
  });

  it('names a few addresses and counts the others', () => {
    assert.equal(addressText(english, ['a', 'b']), 'a, b');
    assert.equal(addressText(english, ['a', 'b', 'c', 'd', 'e']), 'a, b, c and 2 more');
    assert.equal(addressFacts(english, lan), 'eth0 · 192.168.1.0/24 · private network');
  });

  it('offers every address of the proxy with who can use it', () => {
    const choices = endpointChoices(english, [
      { from: 'machine', url: 'http://127.0.0.1:1/v1', isTls: false },
      { from: 'network', url: 'http://192.168.1.20:1/v1', isTls: false, interfaceName: 'eth0' },
      { from: 'domain', url: 'https://gpu.example.org:1/v1', isTls: true },
    ]);

    assert.deepEqual(
      choices.map(({ description }) => description),
      ['for this machine', 'for the network · eth0 · not encrypted', 'public name'],
    );
  });
});

const closed = { scope: 'machine', addresses: [], because: [] } as const;
