import type { RequestFacts } from '../../core/request';

/** What a request brings to prove who it is from. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'key'; readonly text: string }
  /** Two different keys: nobody knows which is meant, and whoever sits in between may have added one. */
  | { readonly kind: 'conflict'; readonly texts: readonly string[] }
  /** An `Authorization` that is not `Bearer`. */
  | { readonly kind: 'other-scheme'; readonly text: string };

/** Headers that hold a bare key: Anthropic's and Azure OpenAI's name for it. */
const keyHeaders = ['x-api-key', 'api-key'];

/**
 * What tools send when their library insists on a key and the user has none, from the engines' own documentation
 * (Ollama, LM Studio, llama.cpp, vLLM) and common clients. They say "no key".
 */
const placeholders = new Set([
  ...['ollama', 'lm-studio', 'lmstudio', 'llama.cpp', 'llamacpp', 'vllm', 'local', 'localhost', 'flm'],
  ...['empty', 'none', 'null', 'undefined', 'no-key', 'nokey', 'no-key-required', 'sk-no-key-required'],
  ...['not-needed', 'not-required', 'unused', 'placeholder', 'dummy', 'token-abc123'],
]);

/** Longest text looked at: a key has 60 characters. */
const maxLength = 1_000;

/** Finds the key of a request in `Authorization: Bearer`, `x-api-key` or `api-key`, counting repeated headers. */
export function readCredentials(facts: Pick<RequestFacts, 'headers' | 'rawHeaders'>): Credentials {
  const texts = new Set<string>();
  for (const [name, value] of credentialHeaders(facts)) {
    const text = value.trim().slice(0, maxLength);
    if (name !== 'authorization') {
      texts.add(text);
      continue;
    }
    const bearer = /^bearer(?:[ \t]+(.*))?$/i.exec(text);
    if (bearer) texts.add((bearer[1] ?? '').trim());
    else if (text !== '') return { kind: 'other-scheme', text };
  }
  const real = [...texts].filter((text) => text !== '' && !placeholders.has(text.toLowerCase()));
  if (real.length > 1) return { kind: 'conflict', texts: real };
  return real[0] === undefined ? { kind: 'none' } : { kind: 'key', text: real[0] };
}

/** From the raw headers where there are any: Node drops a second `Authorization` without a word. */
function* credentialHeaders({
  headers,
  rawHeaders,
}: Pick<RequestFacts, 'headers' | 'rawHeaders'>): Generator<readonly [string, string]> {
  const isCredential = (name: string) => name === 'authorization' || keyHeaders.includes(name);
  if (rawHeaders.length > 0) {
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      const name = (rawHeaders[index] ?? '').toLowerCase();
      if (isCredential(name)) yield [name, rawHeaders[index + 1] ?? ''];
    }
    return;
  }
  for (const name of ['authorization', ...keyHeaders]) {
    const value = headers[name];
    if (value === undefined) continue;
    for (const one of typeof value === 'string' ? [value] : value) yield [name, one];
  }
}
