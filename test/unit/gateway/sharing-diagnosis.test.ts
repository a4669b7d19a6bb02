import assert from 'node:assert/strict';
import type { ApiKey } from '../../../src/core/api-key';
import { emptyEnginesSnapshot } from '../../../src/core/engine';
import { reason, type Reason } from '../../../src/core/reason';
import { sharingSteps } from '../../../src/gateway/sharing-diagnosis';
import type { ProxyState } from '../../../src/protocol/gateway-rpc';
import type { SecuritySummary } from '../../../src/protocol/security-rpc';
import type { ExposureState } from '../../../src/protocol/sharing-rpc';
import { quietSecurity } from '../../helpers/quiet-security';
import { quietSharing } from '../../helpers/quiet-sharing';

const day = 24 * 60 * 60 * 1000;
const now = 100 * day;
const here: ProxyState = { phase: 'on', inFlight: 0, requests: 0, host: '127.0.0.1', port: 11435 };
const beyond: ExposureState = { scope: 'all', addresses: ['192.0.2.7', 'fd00::7'], because: ['settings'] };

function makeKey(change: Partial<ApiKey> = {}): ApiKey {
  return { id: 'abc', label: 'Anna', kind: 'normal', scope: {}, createdAt: 0, ...change };
}

function find(
  name: 'keys' | 'exposure' | 'storage',
  facts: {
    proxy?: ProxyState;
    security?: Partial<SecuritySummary>;
    exposure?: ExposureState;
    keys?: readonly ApiKey[];
  },
) {
  const { proxy = here, security = {}, exposure = quietSharing.exposure, keys = [] } = facts;
  const state = {
    proxy,
    engines: emptyEnginesSnapshot,
    configProblems: [],
    security: { ...quietSecurity, ...security },
    sharing: { ...quietSharing, exposure },
    pid: 7,
    startedAt: 0,
  };
  const found = sharingSteps(state, keys, now).find(({ step }) => step === name);
  return { ok: found?.ok, ...found?.finding };
}

describe('diagnosis of keys', () => {
  it('is content without keys on this machine only', () => {
    assert.deepEqual(find('keys', {}), { ok: true, code: 'keys.none', args: [] });
  });

  it('finds fault when other machines are let in but none has a key', () => {
    assert.deepEqual(find('keys', { exposure: beyond }), {
      ok: false,
      code: 'keys.noneExposed',
      args: ['192.0.2.7, fd00::7'],
    });
  });

  it('counts usable keys', () => {
    const facts = {
      exposure: beyond,
      security: { usableKeys: 2 },
      keys: [makeKey(), makeKey({ expiresAt: now + 4 * day })],
    };

    assert.deepEqual(find('keys', facts), { ok: true, code: 'keys.ok', args: [2] });
  });

  it('names keys that end within three days', () => {
    const keys = [
      makeKey({ label: 'Anna', expiresAt: now + 3 * day }),
      makeKey({ label: 'Ben', expiresAt: now + 3 * day + 1 }),
      makeKey({ label: 'Cleo', expiresAt: now + 1 }),
    ];

    assert.deepEqual(find('keys', { security: { usableKeys: 3 }, keys }), {
      ok: true,
      code: 'keys.expiring',
      args: [3, 'Anna, Cleo'],
    });
  });

  it('does not speak of keys that ended, were revoked or are decoys', () => {
    const soon = now + day;
    const keys = [
      makeKey({ expiresAt: now }),
      makeKey({ expiresAt: soon, revokedAt: 1 }),
      makeKey({ expiresAt: soon, kind: 'decoy' }),
    ];

    assert.equal(find('keys', { security: { usableKeys: 1 }, keys }).code, 'keys.ok');
  });

  it('names five keys at most', () => {
    const keys = ['A', 'B', 'C', 'D', 'E', 'F', 'G'].map((label) => makeKey({ label, expiresAt: now + day }));

    assert.deepEqual(find('keys', { security: { usableKeys: 7 }, keys }).args, [7, 'A, B, C, D, E, …']);
  });
});

describe('diagnosis of exposure', () => {
  it('says that nothing is reachable while the proxy is off', () => {
    const proxy: ProxyState = { phase: 'off', inFlight: 0, requests: 0 };

    assert.equal(find('exposure', { proxy }).code, 'exposure.closed');
  });

  it('says that the proxy listens on this machine only', () => {
    assert.deepEqual(find('exposure', {}), { ok: true, code: 'exposure.machine', args: [] });
  });

  for (const [mode, ok, code] of [
    ['enforce', true, 'exposure.enforced'],
    ['observe', true, 'exposure.observed'],
    ['off', false, 'exposure.unguarded'],
  ] as const) {
    it(`says where others reach the proxy, with how many keys, and what the services do: ${mode}`, () => {
      const found = find('exposure', { exposure: beyond, security: { mode, usableKeys: 2 } });

      assert.deepEqual(found, { ok, code, args: ['192.0.2.7, fd00::7', 2] });
    });
  }

  const shutBecause = (notice: Reason): ExposureState => ({ ...quietSharing.exposure, notice });

  it('asks for a key where that is all that is missing', () => {
    const exposure = shutBecause(reason('exposure.needsKey'));

    assert.deepEqual(find('exposure', { exposure }), { ok: false, code: 'exposure.refused', args: [] });
  });

  it('asks for no key where the storage could not keep it', () => {
    const exposure = shutBecause(reason('exposure.noStorage'));

    assert.equal(find('exposure', { exposure }).code, 'exposure.refusedUnopened');
  });

  it('explains whatever else keeps the proxy shut', () => {
    const exposure = shutBecause(reason('exposure.needsTls'));

    const found = find('exposure', { exposure });

    assert.deepEqual([found.ok, found.code, found.reason?.code], [false, 'exposure.narrower', 'exposure.needsTls']);
  });
});

describe('diagnosis of storage', () => {
  it('is content when everything is stored', () => {
    assert.deepEqual(find('storage', {}), { ok: true, code: 'storage.ok', args: [] });
  });

  it('says why only memory is used', () => {
    const why = reason('storage.diskFull');

    assert.deepEqual(find('storage', { security: { storage: { kind: 'degraded', reason: why } } }), {
      ok: false,
      code: 'storage.degraded',
      args: [],
      reason: why,
    });
  });

  it('says why nothing new is kept', () => {
    const why = reason('storage.newerSchema', 9, 3);

    assert.deepEqual(find('storage', { security: { storage: { kind: 'read-only', reason: why } } }), {
      ok: false,
      code: 'storage.readOnly',
      args: [],
      reason: why,
    });
  });
});
