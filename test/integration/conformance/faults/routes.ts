import type { EngineKind } from '../../../../src/core/engine';
import type { Purpose } from '../columns';

/** Whose words errors and streams are in. */
export type Api = 'openai' | 'responses' | 'anthropic' | 'ollama' | 'infill';

/** One way from a client to an engine. */
export interface FaultRoute {
  readonly name: string;
  readonly api: Api;
  readonly path: string;
  readonly kind: EngineKind;
  readonly purpose: Purpose;
  /** What the client gets. */
  readonly isStream: boolean;
  /** What the engine sends where all is well. */
  readonly engineSends: 'json' | 'events' | 'lines';
  /** Without the model. */
  body(prompt: string): object;
}

interface Family {
  readonly name: string;
  readonly api: Api;
  readonly path: string;
  readonly purpose?: Purpose;
  readonly body: (prompt: string) => object;
  /** Kind of engine → what it sends for a whole answer and for a stream; undefined: not tried. */
  readonly ways: Partial<Record<EngineKind, readonly [whole: Sends | undefined, stream: Sends | undefined]>>;
}
type Sends = FaultRoute['engineSends'];

const messages = (prompt: string): object => ({ messages: [{ role: 'user', content: prompt }] });

/**
 * Every inference route, natively and translated, with and without repairs. llama.cpp is asked for streams where the
 * client wants a whole answer.
 */
const families: readonly Family[] = [
  {
    name: 'chat',
    api: 'openai',
    path: '/v1/chat/completions',
    body: messages,
    ways: {
      openai: ['json', 'events'],
      vllm: ['json', 'events'],
      llamacpp: ['events', 'events'],
      ollama: [undefined, 'events'],
      lmstudio: ['json', 'events'],
    },
  },
  {
    name: 'completions',
    api: 'openai',
    path: '/v1/completions',
    body: (prompt) => ({ prompt }),
    ways: { openai: ['json', 'events'], ollama: ['json', 'events'], llamacpp: ['events', undefined] },
  },
  {
    name: 'embeddings',
    api: 'openai',
    path: '/v1/embeddings',
    purpose: 'embeddings',
    body: (prompt) => ({ input: prompt }),
    ways: { openai: ['json', undefined], lmstudio: ['json', undefined] },
  },
  {
    name: 'responses',
    api: 'responses',
    path: '/v1/responses',
    body: (prompt) => ({ input: prompt }),
    ways: { ollama: ['json', 'events'], vllm: ['json', 'events'], llamacpp: ['events', undefined] },
  },
  {
    name: 'messages',
    api: 'anthropic',
    path: '/v1/messages',
    body: (prompt) => ({ max_tokens: 64, ...messages(prompt) }),
    ways: { vllm: ['json', 'events'], lmstudio: ['json', 'events'], llamacpp: ['events', 'events'] },
  },
  {
    name: 'Ollama chat',
    api: 'ollama',
    path: '/api/chat',
    body: messages,
    ways: { ollama: ['json', 'lines'], vllm: ['json', 'events'] },
  },
  {
    name: 'Ollama generate',
    api: 'ollama',
    path: '/api/generate',
    body: (prompt) => ({ prompt }),
    ways: { ollama: [undefined, 'lines'], lmstudio: ['json', 'events'] },
  },
  {
    name: 'Ollama embed',
    api: 'ollama',
    path: '/api/embed',
    purpose: 'embeddings',
    body: (prompt) => ({ input: prompt }),
    ways: { ollama: ['json', undefined], vllm: ['json', undefined] },
  },
  {
    name: 'infill',
    api: 'infill',
    path: '/infill',
    purpose: 'fim',
    body: (prompt) => ({ input_prefix: prompt, input_suffix: '' }),
    ways: { llamacpp: ['json', 'events'], ollama: ['json', 'events'] },
  },
  {
    name: 'rerank',
    api: 'openai',
    path: '/v1/rerank',
    purpose: 'rerank',
    body: (prompt) => ({ query: prompt, documents: ['a', 'b'] }),
    ways: { llamacpp: ['json', undefined] },
  },
];

export const routes: readonly FaultRoute[] = families.flatMap(({ name, api, path, purpose = 'chat', body, ways }) =>
  Object.entries(ways).flatMap(([kind, sends]) =>
    sends.flatMap((engineSends, index): FaultRoute[] => {
      if (engineSends === undefined) return [];
      const isStream = index === 1;
      // Said in both cases: Ollama's API streams unless told not to
      const wish = { stream: isStream };
      return [
        {
          name: `${name}${isStream ? ', streamed' : ''}, ${kind}`,
          api,
          path,
          kind: kind as EngineKind,
          purpose,
          isStream,
          engineSends,
          body: (prompt) => ({ ...body(prompt), ...(purpose === 'chat' || purpose === 'fim' ? wish : {}) }),
        },
      ];
    }),
  ),
);

/** Routes on which the engine streams. */
export const engineStreams = routes.filter(({ engineSends }) => engineSends !== 'json');

/** Routes on which the model writes text, so that its answer can be told from others. */
export const textRoutes = routes.filter(({ purpose }) => purpose === 'chat' || purpose === 'fim');
