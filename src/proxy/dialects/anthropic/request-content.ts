import type { JsonObject } from '../../repairs/json-object';
import { isAbsent, listAt, objectAt, RequestProblem, stringAt } from '../request-problem';

/** A part of a chat message in OpenAI's form. */
export type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } };

/** Between texts that the client sent as blocks of their own. */
const separator = '\n\n';

/** The blocks of a `content`; a string is one text block. */
export function blocksOf(content: unknown, path: string): readonly JsonObject[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return listAt(content, path).map((block, at) => objectAt(block, `${path}.${at}`));
}

/** The text of blocks that may hold nothing else. */
export function textOf(content: unknown, path: string): string {
  const texts = blocksOf(content, path).map((block, at) => {
    if (block.type !== 'text') throw unsupported(block, `${path}.${at}`);
    return stringAt(block.text, `${path}.${at}.text`);
  });
  return joined(texts);
}

export function joined(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(separator);
}

/** A block of a user's message, or of a tool's result, as a part; only text and images have one. */
export function partOf(block: JsonObject, path: string): Part {
  if (block.type === 'text') return { type: 'text', text: stringAt(block.text, `${path}.text`) };
  if (block.type === 'image')
    return { type: 'image_url', image_url: { url: imageUrl(block.source, `${path}.source`) } };
  throw unsupported(block, path);
}

/** One string where there is only text: Ollama makes a message of each part, and some templates take only strings. */
export function contentOf(parts: readonly Part[]): string | readonly Part[] {
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return texts.length === parts.length ? joined(texts) : parts;
}

export function unsupported({ type }: JsonObject, path: string): RequestProblem {
  const name = typeof type === 'string' ? `'${type.slice(0, 60)}'` : 'without a type';
  return new RequestProblem(`${path}.type`, `content of type ${name} is not supported by this engine.`);
}

function imageUrl(value: unknown, path: string): string {
  const source = objectAt(value, path);
  if (source.type === 'url') return stringAt(source.url, `${path}.url`);
  if (source.type !== 'base64') throw unsupported(source, path);
  const mediaType = isAbsent(source.media_type) ? 'image/png' : stringAt(source.media_type, `${path}.media_type`);
  return `data:${mediaType};base64,${stringAt(source.data, `${path}.data`)}`;
}
