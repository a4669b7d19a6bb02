import assert from 'node:assert/strict';
import { decideExposure, type DecisionFacts } from '../../../../src/gateway/exposure/exposure-decision';
import { laptop } from './exposure-facts';

const decide = (facts: Partial<DecisionFacts>) =>
  decideExposure({
    wish: { scope: 'all', entries: [], because: ['settings'] },
    guard: 'ok',
    tlsPolicy: { mode: 'self-signed' },
    tls: { mode: 'self-signed', phase: 'ready' },
    machine: laptop,
    ...facts,
  });

describe('decision to be reachable', () => {
  it('opens every address with a key and a certificate', () => {
    assert.deepEqual(decide({}), { scope: 'all', addresses: laptop, isTls: true });
  });

  it('opens only what is named', () => {
    const wish = { scope: 'interfaces', entries: ['wlan0'], because: ['share'] } as const;

    assert.deepEqual(
      decide({ wish }).addresses.map(({ address }) => address),
      ['10.0.0.7'],
    );
  });

  for (const [what, facts, code] of [
    ['no key is usable', { guard: 'no-key' }, 'exposure.needsKey'],
    ['there is no storage', { guard: 'no-storage' }, 'exposure.noStorage'],
    ['nothing would be encrypted', { tlsPolicy: { mode: 'off' } }, 'exposure.needsTls'],
    [
      'the certificate is being made',
      { tls: { mode: 'self-signed', phase: 'preparing' } },
      'exposure.certificatePreparing',
    ],
    ['the certificate failed', { tls: { mode: 'self-signed', phase: 'failed' } }, 'exposure.certificateFailed'],
    ['the certificate is still one of another mode', { tlsPolicy: { mode: 'acme' } }, 'exposure.certificatePreparing'],
  ] as const) {
    it(`stays on this machine while ${what}, and says so`, () => {
      const { scope, addresses, notice } = decide(facts);

      assert.deepEqual([scope, addresses, notice?.code], ['machine', [], code]);
    });
  }

  it('opens without encryption only where the policy says so', () => {
    const decision = decide({ tlsPolicy: { mode: 'off', plainHttp: true }, tls: { mode: 'off', phase: 'off' } });

    assert.deepEqual([decision.scope, decision.isTls, decision.notice], ['all', false, undefined]);
  });

  it('says nothing of keys and certificates while nobody wishes anything', () => {
    const wish = { scope: 'machine', entries: [], because: [] } as const;

    assert.deepEqual(decide({ wish, guard: 'no-key' }), { scope: 'machine', addresses: [], isTls: true });
  });

  it('says what was not confirmed', () => {
    const wish = { scope: 'machine', entries: [], because: [], unconfirmed: { scope: 'all' } } as const;

    assert.equal(decide({ wish }).notice?.code, 'exposure.unconfirmed');
  });

  it('says when this machine does not have the address', () => {
    const wish = { scope: 'interfaces', entries: ['172.16.0.1'], because: ['settings'] } as const;

    assert.deepEqual(decide({ wish }).notice, { code: 'exposure.noAddress', args: ['172.16.0.1'] });
    assert.equal(decide({ machine: [] }).notice?.code, 'exposure.noNetwork');
  });
});
