import assert from 'node:assert/strict';
import { readChatError, statusError } from '../../../../src/editor/language-models/chat-error';

function refusal(code: string | null, status?: number) {
  return readChatError({ error: { message: 'Why.', code } }, status);
}

describe('errors of a chat', () => {
  for (const [code, kind] of [
    ['model_not_found', 'not-found'],
    ['key_missing', 'no-permissions'],
    ['key_out_of_scope', 'no-permissions'],
    ['rate_limited', 'blocked'],
    ['address_blocked', 'blocked'],
    ['engine_unreachable', 'other'],
  ] as const) {
    it(`${code} is ${kind}, in FLM's words`, () => {
      const error = refusal(code);

      assert.equal(error?.kind, kind);
      assert.equal(error.message, 'Why.');
      assert.equal(error.code, code);
    });
  }

  it("an engine's own code counts by its status", () => {
    assert.equal(refusal('quota', 429)?.kind, 'blocked');
    assert.equal(refusal(null, 404)?.kind, 'not-found');
    assert.equal(refusal('oops', 500)?.kind, 'other');
  });

  it('a text is an error too', () => {
    assert.equal(readChatError({ error: 'no such model' }, 404)?.message, 'no such model');
  });

  it('no error is none', () => {
    for (const body of [{}, null, 'text', { error: null }, []]) assert.equal(readChatError(body, 200), undefined);
  });

  it('names the status where there is nothing else to say', () => {
    assert.match(statusError(502).message, /502/);
    assert.match(readChatError({ error: {} }, 500)!.message, /500/);
  });
});
