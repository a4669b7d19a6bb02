import assert from 'node:assert/strict';
import { FlmError } from '../../../../src/core/errors';
import { readParams } from '../../../../src/gateway/rpc/rpc-params';
import type { GatewayRequestName } from '../../../../src/protocol/gateway-rpc';

describe('parameters of requests about sharing', () => {
  it('are taken as they are, what is unknown left out', () => {
    assert.deepEqual(readParams('exposure/confirm', { scope: 'interfaces', addresses: ['eth0'], until: 5, extra: 1 }), {
      scope: 'interfaces',
      addresses: ['eth0'],
      until: 5,
    });
    assert.deepEqual(readParams('shares/change', { id: 'share_a', expiresAt: null }), {
      id: 'share_a',
      expiresAt: null,
    });
    assert.deepEqual(
      readParams('shares/change', { id: 'share_a', audience: { type: 'lan', interfaces: ['eth0'], x: 1 } }),
      { id: 'share_a', audience: { type: 'lan', interfaces: ['eth0'] } },
    );
    assert.deepEqual(readParams('shares/list', {}), { ended: false });
    assert.deepEqual(readParams('tls/renew', undefined), {});
    assert.deepEqual(readParams('tls/revoke', undefined), {});
  });

  for (const [name, params] of [
    ['exposure/confirm', {}],
    ['exposure/confirm', { scope: 'world' }],
    ['exposure/confirm', { scope: 'interfaces', addresses: 'eth0' }],
    ['exposure/confirm', { scope: 'interfaces', addresses: Array(65).fill('eth0') }],
    ['exposure/confirm', { scope: 'all', until: 'tomorrow' }],
    ['shares/create', { label: 'x', audience: { type: 'everyone' }, limits: {} }],
    ['shares/create', { label: 'x', audience: { type: 'addresses' }, limits: {} }],
    ['shares/create', { label: 'x', audience: { type: 'lan', interfaces: 'eth0' }, limits: {} }],
    ['shares/create', { label: 'x', audience: { type: 'lan' }, limits: { requestsPerDay: 0 } }],
    ['shares/end', {}],
  ] as const satisfies readonly (readonly [GatewayRequestName, unknown])[]) {
    it(`are refused: ${name} ${JSON.stringify(params).slice(0, 80)}`, () => {
      assert.throws(
        () => readParams(name, params),
        (error) => FlmError.is(error, 'invalid_request'),
      );
    });
  }
});
