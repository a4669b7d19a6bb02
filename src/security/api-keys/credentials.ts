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
const credentialLengths: ReadonlySet<number> = new Set(['authorization', ...keyHeaders].map(({ length }) => length));

/**
 * What tools send when their library insists on a key and the user has none, from the engines' own documentation
 * (Ollama, LM Studio, llama.cpp, vLLM) and common clients. They say "no key".
 */
const placeholders = new Set([
  ...['ollama', 'lm-studio', 'lmstudio', 'llama.cpp', 'llamacpp', 'vllm', 'local', 'localhost', 'flm'],
  ...['empty', 'none', 'null', 'undefined', 'no-key', 'nokey', 'no-key-required', 'sk-no-key-required'],
  ...['not-needed', 'not-required', 'unused', 'placeholder', 'dummy', 'token-abc123'],
]);

const longestPlaceholder = Math.max(...[...placeholders].map(({ length }) => length));

/** Longest text looked at: a key has 60 characters. */
const maxLength = 1_000;

/** Finds the key of a request in `Authorization: Bearer`, `x-api-key` or `api-key`, counting repeated headers. */
export function readCredentials(facts: Pick<RequestFacts, 'headers' | 'rawHeaders'>): Credentials {
  const real: string[] = [];
  for (const [name, value] of credentialHeaders(facts)) {
    const whole = value.trim().slice(0, maxLength);
    let text = whole;
    if (name === 'authorization') {
      const bearer = /^bearer(?:[ \t]+(.*))?$/i.exec(whole);
      if (bearer === null && whole !== '') return { kind: 'other-scheme', text: whole };
      text = (bearer?.[1] ?? '').trim();
    }
    if (text !== '' && !real.includes(text) && !isPlaceholder(text)) real.push(text);
  }
  if (real.length > 1) return { kind: 'conflict', texts: real };
  return real[0] === undefined ? { kind: 'none' } : { kind: 'key', text: real[0] };
}

/** A key is longer than any of them. */
function isPlaceholder(text: string): boolean {
  return text.length <= longestPlaceholder && placeholders.has(text.toLowerCase());
}

/** From the raw headers where there are any: Node drops a second `Authorization` without a word. */
function credentialHeaders({
  headers,
  rawHeaders,
}: Pick<RequestFacts, 'headers' | 'rawHeaders'>): readonly (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [];
  if (rawHeaders.length > 0) {
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      const given = rawHeaders[index] ?? '';
      if (!credentialLengths.has(given.length)) continue;
      const name = given.toLowerCase();
      if (name === 'authorization' || keyHeaders.includes(name)) found.push([name, rawHeaders[index + 1] ?? '']);
    }
    return found;
  }
  for (const name of ['authorization', ...keyHeaders]) {
    const value = headers[name];
    if (value === undefined) continue;
    for (const one of typeof value === 'string' ? [value] : value) found.push([name, one]);
  }
  return found;
}
