import { isLoopbackHost } from '../core/model-id';

/** What a person may have pasted after the base: dropped, because FLM adds its own paths. */
const apiSuffix = /\/(?:v1|api|api\/v[01])(?:\/(?:models|chat\/completions|completions|embeddings|tags))?$/;

/**
 * The normal form of an engine's address: scheme, host, port and optional path prefix, no trailing slash, no query.
 * `localhost:8080`, `http://host/v1/` and `https://host/prefix/v1/models` are understood; a missing scheme is http.
 * Undefined when it is no http(s) address, or carries a user name or password (keys belong into the key store).
 */
export function normalizeBaseUrl(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || /\s/.test(trimmed)) return undefined;
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`;
  let url: URL;
  try {
    url = new URL(withScheme);
  } catch {
    return undefined;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  if (url.username !== '' || url.password !== '' || url.hostname === '' || url.port === '0') return undefined;
  const port = url.port === '' ? '' : `:${url.port}`;
  return `${url.protocol}//${connectableHost(url.hostname)}${port}${prefixOf(url.pathname)}`;
}

/** What stands before the engine's own paths, which may have been pasted more than once: `/prefix/v1/v1/models`. */
function prefixOf(pathname: string): string {
  let path = pathname.replace(/\/+$/, '');
  while (apiSuffix.test(path)) path = path.replace(apiSuffix, '').replace(/\/+$/, '');
  return path;
}

/** "Every interface" is an address to listen on; who wants to connect means the loopback. */
function connectableHost(hostname: string): string {
  if (hostname === '0.0.0.0') return '127.0.0.1';
  return hostname === '[::]' ? '[::1]' : hostname;
}

/**
 * The literal addresses behind a base. `http://localhost:N` may be served on 127.0.0.1, on ::1 or on both, and which
 * one a resolver names first differs between machines, so both are tried. With https the name stays: certificates
 * are issued for it.
 */
export function literalBaseUrls(baseUrl: string): readonly string[] {
  const url = new URL(baseUrl);
  if (url.hostname !== 'localhost' || url.protocol !== 'http:') return [baseUrl];
  const rest = baseUrl.slice('http://localhost'.length);
  return [`http://127.0.0.1${rest}`, `http://[::1]${rest}`];
}

export function portOf(baseUrl: string): number {
  const url = new URL(baseUrl);
  return Number(url.port || (url.protocol === 'https:' ? 443 : 80));
}

export function isLoopbackUrl(baseUrl: string): boolean {
  return isLoopbackHost(new URL(baseUrl).hostname);
}

/** `127.0.0.1:8080`, for messages. */
export function authorityOf(baseUrl: string): string {
  const url = new URL(baseUrl);
  return url.port === '' ? url.hostname : url.host;
}
