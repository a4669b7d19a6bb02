import type { Repair } from './repair';

/** Token ids in place of text, which OpenAI's API allows: a list of numbers, or of lists of numbers. */
const tokens = /^\[\s*(?:-?\d|\[)/;

/** Said in words: Ollama answers `invalid input type`, LM Studio names no way out. FLM cannot turn ids into text. */
export const tokenInput: Repair = {
  name: 'token-input',
  kinds: ['ollama', 'lmstudio'],
  routes: ['/v1/embeddings'],
  request: (body, { engine }) =>
    tokens.test(body.beginning('input'))
      ? {
          refuse: `The engine ${engine} embeds text, not token ids. Send 'input' as a string or a list of strings (LangChain: check_embedding_ctx_length=False).`,
          param: 'input',
        }
      : undefined,
};
