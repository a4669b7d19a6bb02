import assert from 'node:assert/strict';
import { busySlots, client, modelId, patienceMs, untilBusy, ways } from './support';

const story = [{ role: 'user', content: 'Tell me a long story about a lighthouse keeper and the sea.' }] as const;

for (const way of ways) {
  describe(`A real llama-server through ${way.name}`, function () {
    this.timeout(90_000);
    const openai = client(way.baseURL, way.isGateway);
    let model = '';

    before(async () => {
      model = await modelId(openai, 'chat', way.isGateway);
    });

    it('answers a chat', async () => {
      const answer = await openai.chat.completions.create({
        model,
        messages: [{ role: 'user', content: 'Say hello.' }],
        max_completion_tokens: 24,
        temperature: 0,
      });

      assert.notEqual(answer.choices[0]?.message.content?.trim() ?? '', '');
      assert.match(answer.choices[0]?.finish_reason ?? '', /^(stop|length)$/);
      assert.ok((answer.usage?.completion_tokens ?? 0) > 0);
    });

    it('streams a chat token by token and ends it with a finish reason and the usage', async () => {
      const stream = await openai.chat.completions.create({
        model,
        messages: [...story],
        max_completion_tokens: 64,
        temperature: 0,
        stream: true,
        stream_options: { include_usage: true },
      });

      const begin = performance.now();
      let firstMs: number | undefined;
      let deltas = 0;
      let finish: string | null = null;
      let tokens = 0;
      for await (const chunk of stream) {
        const choice = chunk.choices[0];
        if ((choice?.delta.content ?? '') !== '') {
          deltas += 1;
          firstMs ??= performance.now() - begin;
        }
        finish = choice?.finish_reason ?? finish;
        tokens = chunk.usage?.completion_tokens ?? tokens;
      }
      const seconds = (performance.now() - begin) / 1000;
      console.log(
        `    ${way.name}: ${tokens} tokens, ${(tokens / seconds).toFixed(1)} tokens/s, first after ${(firstMs ?? 0).toFixed(0)} ms`,
      );

      assert.match(finish ?? '', /^(stop|length)$/);
      assert.ok(tokens > 8);
      assert.ok(deltas > tokens / 2, `${deltas} deltas for ${tokens} tokens`);
    });

    it('completes a text', async () => {
      const answer = await openai.completions.create({
        model,
        prompt: 'Once upon a time',
        max_tokens: 8,
        temperature: 0,
      });

      assert.notEqual(answer.choices[0]?.text ?? '', '');
    });

    it('stops generating when the client leaves in the middle of a stream', async () => {
      await untilBusy(0, patienceMs);
      const abort = new AbortController();
      const stream = await openai.chat.completions.create(
        { model, messages: [...story], max_completion_tokens: 3000, stream: true, ...{ ignore_eos: true } },
        { signal: abort.signal },
      );
      const chunks = stream[Symbol.asyncIterator]();
      await chunks.next();
      await chunks.next();
      assert.equal(await busySlots(), 1);

      abort.abort();
      const tookMs = await untilBusy(0, patienceMs);

      console.log(`    ${way.name}: the slot was free ${tookMs.toFixed(0)} ms after the client had left`);
    });

    it('stops generating when the client leaves an answer that is not streamed', async () => {
      await untilBusy(0, patienceMs);
      const abort = new AbortController();
      const answer = openai.chat.completions.create(
        { model, messages: [...story], max_completion_tokens: 3000, ...{ ignore_eos: true } },
        { signal: abort.signal },
      );
      const outcome = answer.then(
        () => 'answered',
        () => 'aborted',
      );
      await untilBusy(1, patienceMs);

      abort.abort();

      assert.equal(await outcome, 'aborted');
      await untilBusy(0, patienceMs);
    });

    it('embeds texts: equal ones alike, others not, in the order they were given', async () => {
      const embedder = client(way.embedBaseURL, way.isGateway);
      const input = ['The cat sat on the mat.', 'Quarterly revenue rose by nine percent.', 'The cat sat on the mat.'];
      const answer = await embedder.embeddings.create({
        model: await modelId(embedder, 'embed', way.isGateway),
        input,
      });

      const [first = [], second = [], third = []] = answer.data.map(({ embedding }) => embedding);
      assert.ok(first.length > 100);
      assert.ok(Math.abs(Math.hypot(...first) - 1) < 0.01);
      assert.ok(cosine(first, third) > 0.999);
      assert.ok(cosine(first, second) < 0.99);
    });
  });
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b));
}
