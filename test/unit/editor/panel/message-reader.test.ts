import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FlmError } from '../../../../src/core/errors';
import { readPanelMessage } from '../../../../src/editor/panel/message-reader';

function request(name: string, params: unknown = {}): unknown {
  return { type: 'request', id: 1, name, params };
}

function isRefused(message: unknown): boolean {
  try {
    readPanelMessage(message);
    return false;
  } catch (error) {
    return FlmError.is(error, 'invalid_request');
  }
}

describe('messages of the panel', () => {
  it('are read with the members of their request and no others', () => {
    const read = readPanelMessage({
      ...(request('keys/create', { label: 'tablet', scope: { models: ['a'], evil: 1 }, hash: 'x' }) as object),
      extra: true,
    });

    assert.deepEqual(read, request('keys/create', { label: 'tablet', scope: { models: ['a'] } }));
  });

  it('are refused when the gateway knows the request but the panel has no business with it', () => {
    for (const name of [
      'config/set',
      'yield',
      'hello',
      'audit/export',
      'blocks/import',
      'engines/setKey',
      'constructor',
    ]) {
      assert.ok(isRefused(request(name)), name);
    }
  });

  it('are refused with members of the wrong type, size or choice', () => {
    const wrong: readonly (readonly [string, unknown])[] = [
      ['keys/create', { label: 1 }],
      ['keys/create', { label: 'x'.repeat(201) }],
      ['keys/create', { label: 'x', kind: 'admin' }],
      ['keys/rotate', { id: 'x', graceMinutes: Infinity }],
      ['audit/query', { kinds: ['auth.success', 'nothing.at.all'] }],
      ['audit/query', { after: 5 }],
      ['blocks/add', { range: {} }],
      ['policy/set', { policy: [] }],
      ['policy/set', { policy: { huge: 'x'.repeat(4_000_001) } }],
      ['host/copy', { text: 'x'.repeat(100_001) }],
      ['host/exportEvents', { format: 'exe', query: {} }],
    ];

    for (const [name, params] of wrong) assert.ok(isRefused(request(name, params)), name);
  });

  it('ask for at most a thousand rows at a time', () => {
    assert.deepEqual(readPanelMessage(request('audit/query', { limit: 1e9 })), request('audit/query', { limit: 1000 }));
  });

  it('are either read or refused, whatever they are', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        try {
          readPanelMessage(value);
        } catch (error) {
          assert.ok(FlmError.is(error, 'invalid_request'));
        }
      }),
    );
  });
});
