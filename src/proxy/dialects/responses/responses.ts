import type { Dialect } from '../dialect';
import { isNativeSince, type NativeSince } from '../native-since';
import { responseErrors } from './response-errors';
import { responseStreams, responseUsage } from './response-streams';

/** Ollama speaks the Responses API, stateless, since 0.13.3; llama.cpp's is partial (ENGINES.md §2.6). */
const nativeSince: NativeSince = { ollama: '0.13.3', lmstudio: 'any' };

/** `POST /v1/responses` (https://platform.openai.com/docs/api-reference/responses/create). */
export const openAiResponses: Dialect = {
  errors: responseErrors,
  streams: responseStreams,
  streamsByDefault: false,
  nativePath: (entry) => (isNativeSince(entry, nativeSince) ? '/v1/responses' : undefined),
  usage: responseUsage,
};
