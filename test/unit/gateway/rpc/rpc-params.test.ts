import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FlmError } from '../../../../src/core/errors';
import { isRequestName, readParams } from '../../../../src/gateway/rpc/rpc-params';
import type { GatewayRequestName } from '../../../../src/protocol/gateway-rpc';

const names = ['hello', 'engines/probe', 'engines/setKey', 'interest/set', 'config/set', 'yield', 'diagnose'] as const;

describe('request parameters', () => {
  it('are refused with a stable code or taken, whatever a stranger sends', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.anything(), (name: GatewayRequestName, params) => {
        try {
          readParams(name, params);
        } catch (error) {
          assert.ok(FlmError.is(error, 'invalid_request'));
        }
      }),
    );
  });

  it('hold nothing but what the request knows', () => {
    const params = readParams('engines/probe', { url: 'http://x', extra: 1 });

    assert.deepEqual(params, { url: 'http://x' });
  });

  it('name the field that does not fit', () => {
    assert.throws(() => readParams('engines/probe', { url: '' }), /url must be a text of 1 to 2048 characters/);
  });

  it('of a key: null forgets it, as does its absence', () => {
    assert.deepEqual(readParams('engines/setKey', { baseUrl: 'http://x', key: null }), { baseUrl: 'http://x' });
  });

  it('of a hello: more keys than anybody has are refused', () => {
    const engineKeys = Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`http://x:${i}`, 'k']));

    assert.throws(() => readParams('hello', { token: 't', protocolVersion: 1, version: '1', engineKeys }));
  });

  it('inherited names are no requests', () => {
    assert.equal(isRequestName('toString'), false);
    assert.equal(isRequestName('__proto__'), false);
  });
});
