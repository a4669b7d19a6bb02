import type { Random } from './random';

/** One request of the mix. */
export interface SoakRequest {
  readonly kind: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  /** What a healthy gateway with healthy engines may answer. */
  readonly expected: readonly number[];
  /** Text that a stream must end with unless it says an error. */
  readonly end?: string;
}

interface Kind {
  readonly kind: string;
  /** Share of the mix. */
  readonly weight: number;
  readonly make: (model: string, random: Random) => Omit<SoakRequest, 'kind'>;
}

const post = (path: string, body: unknown, more: Partial<SoakRequest> = {}): Omit<SoakRequest, 'kind'> => ({
  method: 'POST',
  path,
  body: JSON.stringify(body),
  expected: [200],
  ...more,
});

const messages = (random: Random): readonly object[] => [
  { role: 'user', content: `Say something about ${'x'.repeat(random.below(2000))}` },
];

/** What clients send. A row per kind. */
const kinds: readonly Kind[] = [
  {
    kind: 'chat',
    weight: 6,
    make: (model, random) => post('/v1/chat/completions', { model, messages: messages(random) }),
  },
  {
    kind: 'chat stream',
    weight: 8,
    make: (model, random) =>
      post('/v1/chat/completions', { model, stream: true, messages: messages(random) }, { end: '[DONE]' }),
  },
  { kind: 'completion', weight: 2, make: (model) => post('/v1/completions', { model, prompt: 'Once upon a time' }) },
  { kind: 'models', weight: 2, make: () => ({ method: 'GET', path: '/v1/models', expected: [200] }) },
  {
    kind: 'anthropic',
    weight: 2,
    make: (model, random) => post('/v1/messages', { model, max_tokens: 64, messages: messages(random) }),
  },
  {
    kind: 'anthropic stream',
    weight: 2,
    make: (model, random) =>
      post(
        '/v1/messages',
        { model, max_tokens: 64, stream: true, messages: messages(random) },
        { end: 'message_stop' },
      ),
  },
  { kind: 'responses', weight: 2, make: (model) => post('/v1/responses', { model, input: 'Say something' }) },
  {
    kind: 'ollama',
    weight: 2,
    make: (model, random) => post('/api/chat', { model, messages: messages(random) }, { end: '"done":true' }),
  },
  { kind: 'ollama tags', weight: 1, make: () => ({ method: 'GET', path: '/api/tags', expected: [200] }) },
  {
    kind: 'bad JSON',
    weight: 1,
    make: (model) => ({ ...post('/v1/chat/completions', { model }), body: `{"model": "${model}", `, expected: [400] }),
  },
  {
    kind: 'unknown model',
    weight: 1,
    make: (_model, random) =>
      post('/v1/chat/completions', { model: 'no/such', messages: messages(random) }, { expected: [404] }),
  },
  { kind: 'unknown route', weight: 1, make: () => ({ method: 'GET', path: '/v1/nothing', expected: [404] }) },
];

const total = kinds.reduce((sum, { weight }) => sum + weight, 0);

export function nextRequest(models: readonly string[], random: Random): SoakRequest {
  let at = random.below(total);
  for (const { kind, weight, make } of kinds) {
    if (at < weight) return { kind, ...make(random.pick(models), random) };
    at -= weight;
  }
  throw new Error('The weights do not add up.');
}
