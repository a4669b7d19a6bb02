import { textRoutes, type Repair } from './repair';

/** vLLM answers 400 to `stream_options` of a request that does not stream; OpenAI's SDK helpers send both alike. */
export const strayStreamOptions: Repair = {
  name: 'stream-options',
  kinds: ['vllm'],
  routes: textRoutes,
  request: (body) => (!body.isStream && body.has('stream_options') ? { drop: ['stream_options'] } : undefined),
};
