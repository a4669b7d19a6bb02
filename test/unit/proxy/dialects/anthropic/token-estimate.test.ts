import assert from 'node:assert/strict';
import { countTokens } from '../../../../../src/proxy/dialects/anthropic/count-tokens';
import { estimateTokens } from '../../../../../src/proxy/dialects/anthropic/token-estimate';
import { refusedParam, translate } from '../dialect-support';

const user = (content: unknown) => ({ role: 'user', content });

describe('An estimate of tokens', () => {
  it('counts a token for four letters of prose, and for each sign of scripts without spaces or so', () => {
    const prose = estimateTokens([user('word '.repeat(800))], undefined);
    const japanese = estimateTokens([user('日本語'.repeat(300))], undefined);

    assert.ok(prose > 900 && prose < 1100, String(prose));
    assert.ok(japanese > 600 && japanese < 900, String(japanese));
  });

  it('grows with every message, tool and picture, whatever the size of the picture', () => {
    const plain = estimateTokens([user('Hi')], undefined);
    const picture = (data: string) => user([{ type: 'image_url', image_url: { url: data } }]);

    assert.ok(estimateTokens([user('Hi'), user('Hi')], undefined) > plain);
    assert.ok(estimateTokens([user('Hi')], [{ name: 'weather' }]) > plain);
    const [small, large] = ['a', 'a'.repeat(100_000)].map((data) => estimateTokens([picture(data)], undefined));
    assert.equal(small, large);
  });

  it('counts a thought once, though it is sent under two names', () => {
    const thought = 'word '.repeat(400);
    const both = estimateTokens([{ role: 'assistant', reasoning: thought, reasoning_content: thought }], undefined);

    assert.ok(both < 600);
  });

  it('is the answer of count_tokens where no engine counts, with a header that says so', () => {
    const translated = translate(countTokens, { model: 'm', messages: [user('Hi')], stream: true });

    assert.ok(translated.ok === 'answered');
    assert.deepEqual(translated.headers, ['x-flm-estimate', 'characters']);
    assert.ok(Number(translated.answer.input_tokens) > 0);
  });

  it('is refused for what could not be sent either', () => {
    assert.equal(
      refusedParam(countTokens, { model: 'm', messages: [user([{ type: 'document' }])] }),
      'messages.0.content.0.type',
    );
  });
});
