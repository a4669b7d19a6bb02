import type { StreamFormat } from '../dialect';
import { NdjsonTap } from './ndjson-tap';

/**
 * One JSON object a line. No sign of life fits between two lines: clients parse every line, an empty one too (ollama-js
 * `parseJSON` complains about it).
 */
export const ollamaStreams: StreamFormat = {
  contentType: 'application/x-ndjson',
  ping: undefined,
  tap: () => new NdjsonTap(),
};
