import { isJsonObject } from './json-object';
import type { RequestView } from './repair';

/**
 * Characters of the text in a prompt, runs of white space counted as one (tokenizers join them). Images, tools and
 * roles are left out: the number is a lower bound. 0 without parsing when the whole body part is shorter than
 * `atLeast`, since then it cannot matter.
 */
export function promptCharacters(request: RequestView, atLeast: number): number {
  const member = request.has('messages') ? 'messages' : 'prompt';
  if (request.byteLength(member) < atLeast) return 0;
  const value = request.value(member);
  const texts = typeof value === 'string' ? [value] : Array.isArray(value) ? value.flatMap(textsOf) : [];
  return texts.reduce((sum, text) => sum + text.replace(/\s{2,}/g, ' ').length, 0);
}

function textsOf(message: unknown): readonly string[] {
  if (typeof message === 'string') return [message];
  if (!isJsonObject(message)) return [];
  const { content } = message;
  if (typeof content === 'string') return [content];
  if (!Array.isArray(content)) return [];
  return content.flatMap((part: unknown) => (isJsonObject(part) && typeof part.text === 'string' ? [part.text] : []));
}
