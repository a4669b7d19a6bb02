import assert from 'node:assert/strict';
import { asStream } from '../../../src/proxy/late-stream';

const stream = (answer: object) => asStream(Buffer.from(JSON.stringify(answer)));

describe('asStream', () => {
  it('tells a whole chat answer as one chunk', () => {
    const message = { role: 'assistant', content: 'a', tool_calls: [{ id: 'x', function: {} }] };

    assert.equal(
      stream({
        id: 'c',
        object: 'chat.completion',
        choices: [{ index: 0, message, finish_reason: 'stop' }],
        usage: { x: 1 },
      }),
      `data: ${JSON.stringify({
        id: 'c',
        object: 'chat.completion.chunk',
        choices: [
          {
            index: 0,
            finish_reason: 'stop',
            delta: { role: 'assistant', content: 'a', tool_calls: [{ index: 0, id: 'x', function: {} }] },
          },
        ],
        usage: { x: 1 },
      })}\n\ndata: [DONE]\n\n`,
    );
  });

  it('keeps a completion as it is', () => {
    const answer = { id: 'c', object: 'text_completion', choices: [{ text: 'a' }] };

    assert.equal(stream(answer), `data: ${JSON.stringify(answer)}\n\ndata: [DONE]\n\n`);
  });

  it('is nothing for what is no JSON object', () => {
    assert.equal(asStream(Buffer.from('{"a":')), undefined);
    assert.equal(asStream(Buffer.from('[]')), undefined);
  });
});
