import { chatRoutes, type Repair } from './repair';

/**
 * `max_completion_tokens` also as `max_tokens`: Ollama ignores the newer name, LM Studio documents the older one only,
 * and unknown servers may know either. A `max_tokens` of the client stays.
 */
export const maxTokens: Repair = {
  name: 'max-tokens',
  kinds: ['ollama', 'lmstudio', 'openai'],
  routes: chatRoutes,
  request: (body) => {
    const limit = body.value('max_completion_tokens');
    const hasOlder = body.has('max_tokens') && body.value('max_tokens') !== null;
    return typeof limit === 'number' && !hasOlder ? { set: { max_tokens: limit } } : undefined;
  },
};
