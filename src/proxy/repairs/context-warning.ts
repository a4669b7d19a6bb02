import { promptCharacters } from './prompt-size';
import { textRoutes, type Repair } from './repair';

/**
 * Text has fewer characters per token than this in any language models are made for (English about 4.5, code about 3,
 * Japanese about 1): a prompt with more characters than context × this does certainly not fit.
 */
const charactersPerToken = 6;

/** A prompt with fewer characters than context × this is not suspected after the answer. */
const suspectCharacters = 2;

/**
 * Ollama drops the oldest messages of a prompt that is too long and says nothing (ENGINES: «silent truncation»). FLM
 * cannot undo that, so it says it: `x-flm-warning: context-truncated`.
 *
 * Known before the answer when the prompt's text alone is far too long for the context the model is loaded with, and
 * after it when the engine counted a prompt that fills the context, or far fewer tokens than the text has (Ollama 0.33
 * cuts one long message of 4502 tokens to 2050 of its 4096); a stream then carries the warning as a comment before
 * `[DONE]`, its header being long gone. Not seen: a prompt of which most was kept, and a model whose loaded context is
 * not known yet.
 */
export const contextWarning: Repair = {
  name: 'context-warning',
  kinds: ['ollama'],
  routes: textRoutes,
  warn: ({ model: { contextLoaded: limit }, request }) => {
    if (limit === undefined || limit <= 0) return undefined;
    return {
      before: () => {
        const most = limit * charactersPerToken;
        return promptCharacters(request, most) > most ? 'context-truncated' : undefined;
      },
      after: ({ tokensIn = 0 }) => {
        if (tokensIn <= 0) return undefined;
        const most = Math.max(limit * suspectCharacters, tokensIn * charactersPerToken);
        return tokensIn >= limit || promptCharacters(request, most) > most ? 'context-truncated' : undefined;
      },
    };
  },
};
