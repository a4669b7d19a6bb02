import { slug } from '../core/model-id';

export type AddressInput =
  { readonly ok: true; readonly url: string } | { readonly ok: false; readonly problem: AddressProblem };
export type AddressProblem = 'empty' | 'invalid' | 'scheme' | 'credentials' | 'query';

/**
 * Reads what a person types as an engine's address: `localhost:8000`, `http://gpu-box:8000/v1/`, `:8080`. Answers origin
 * and path prefix without a trailing slash or `/v1`, the form `Engine.baseUrl` has.
 */
export function parseEngineAddress(input: string): AddressInput {
  const text = input.trim();
  if (text === '') return { ok: false, problem: 'empty' };
  const withHost = /^:\d+/.test(text) ? `127.0.0.1${text}` : text;
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(withHost) ? withHost : `http://${withHost}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (url === undefined || url.hostname === '') return { ok: false, problem: 'invalid' };
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return { ok: false, problem: 'scheme' };
  if (url.username !== '' || url.password !== '') return { ok: false, problem: 'credentials' };
  if (url.search !== '' || url.hash !== '') return { ok: false, problem: 'query' };
  return { ok: true, url: withoutApiPath(`${url.origin}${url.pathname}`) };
}

/** Both texts name the same server and path. */
export function isSameAddress(a: string, b: string): boolean {
  const first = parseEngineAddress(a);
  const second = parseEngineAddress(b);
  return first.ok && second.ok && first.url === second.url;
}

/** A proposal for a name: `gpu-box:8000`. */
export function nameFromAddress(url: string): string {
  return URL.canParse(url) ? new URL(url).host : slug(url);
}

function withoutApiPath(url: string): string {
  return url.replace(/\/+$/, '').replace(/\/v1$/, '').replace(/\/+$/, '');
}
