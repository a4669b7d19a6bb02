import assert from 'node:assert/strict';
import { FakeClock } from '../../helpers/fake-clock';
import { startProxy } from '../../helpers/proxy-harness';

describe('a stream that is refused at once', () => {
  it('leaves no timer behind', async () => {
    const clock = new FakeClock();
    const refusal = { rule: 'key-scope', code: 'key_out_of_scope', message: 'Not this model.' } as const;
    const engine = { id: 'ollama', kind: 'ollama', baseUrl: 'http://127.0.0.1:1', models: ['llama3.2:3b'] } as const;
    const harness = await startProxy({ clock, engines: [engine], gate: { acquireNow: () => refusal } });
    try {
      const before = clock.pending;
      const answer = await harness.post('/v1/chat/completions', { model: 'llama3.2:3b', stream: true, messages: [] });
      await answer.text();
      await harness.recordOf();

      assert.equal(answer.status, 403);
      assert.equal(clock.pending, before);
    } finally {
      await harness.stop();
    }
  });
});
