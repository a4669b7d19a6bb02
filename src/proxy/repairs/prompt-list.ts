import type { Repair } from './repair';

/** `prompt` of a completion as a list: Ollama takes a string only. A list of one string is that string; others fail. */
export const promptList: Repair = {
  name: 'prompt-list',
  kinds: ['ollama'],
  routes: ['/v1/completions'],
  request: (body, { engine }) => {
    if (!body.beginning('prompt').startsWith('[')) return undefined;
    const prompt = body.value('prompt');
    const [only, ...more] = Array.isArray(prompt) ? (prompt as unknown[]) : [];
    if (typeof only === 'string' && more.length === 0) return { set: { prompt: only } };
    return {
      refuse: `The engine ${engine} takes one prompt per request. Send 'prompt' as a string, one request for each.`,
      param: 'prompt',
    };
  },
};
