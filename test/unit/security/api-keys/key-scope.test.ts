import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FlmError } from '../../../../src/core/errors';
import { matchesGlob } from '../../../../src/core/glob';
import {
  isAddressInScope,
  isModelInScope,
  isRouteInScope,
  normalizeScope,
} from '../../../../src/security/api-keys/key-scope';

describe('glob', () => {
  it('agrees with the regular expression it stands for', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.'), maxLength: 12 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '*'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (glob, value) => {
        const regex = new RegExp(`^${glob.replace(/[/.]/g, '\\$&').replace(/\*/g, '[^]*')}$`);
        assert.equal(matchesGlob(glob, value), regex.test(value));
      }),
    );
  });

  it('stays quick on patterns that make backtracking explode', () => {
    assert.equal(matchesGlob(`${'*a'.repeat(100)}b`, 'a'.repeat(5_000)), false);
  });
});

describe('key scope', () => {
  it('without lists allows everything', () => {
    assert.ok(isModelInScope({}, 'ollama/llama3.2:3b'));
    assert.ok(isRouteInScope({ routes: [] }, '/v1/models'));
    assert.ok(isAddressInScope({}, '203.0.113.9'));
  });

  it('matches models by engine and by part of the name', () => {
    const scope = { models: ['ollama/*', '*embed*'] };

    assert.ok(isModelInScope(scope, 'ollama/llama3.2:3b'));
    assert.ok(isModelInScope(scope, 'vllm/org/nomic-embed-text'));
    assert.ok(!isModelInScope(scope, 'vllm/llama'));
    assert.ok(!isModelInScope(scope, 'ollama-2/llama'));
  });

  it('matches routes whole', () => {
    assert.ok(isRouteInScope({ routes: ['/v1/chat/completions'] }, '/v1/chat/completions'));
    assert.ok(!isRouteInScope({ routes: ['/v1/chat'] }, '/v1/chat/completions'));
  });

  it('matches addresses and ranges of both families, mapped IPv4 unwrapped', () => {
    const scope = { addresses: ['10.0.0.0/8', '2001:db8::/32'] };

    assert.ok(isAddressInScope(scope, '10.1.2.3'));
    assert.ok(isAddressInScope(scope, '::ffff:10.1.2.3'));
    assert.ok(isAddressInScope(scope, '2001:db8::1'));
    assert.ok(!isAddressInScope(scope, '11.0.0.1'));
    assert.ok(!isAddressInScope(scope, 'not an address'));
  });

  it('puts addresses into their normal form and leaves empty lists out', () => {
    assert.deepEqual(normalizeScope({ addresses: ['10.1.2.3/8'], models: [], requestsPerMinute: 5 }), {
      addresses: ['10.0.0.0/8'],
      requestsPerMinute: 5,
    });
  });

  for (const [what, scope] of [
    ['an address that is none', { addresses: ['10.0.0.999'] }],
    ['a limit of zero', { concurrency: 0 }],
    ['a limit that is no whole number', { tokensPerDay: 1.5 }],
    ['an empty pattern', { models: [''] }],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => normalizeScope(scope),
        (error) => FlmError.is(error, 'config_invalid'),
      );
    });
  }
});
