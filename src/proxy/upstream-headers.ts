/** Between two neighbours only, never passed on (RFC 9110 §7.6.1, RFC 9112 §9). */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/**
 * What an engine must not get: who the client is and what it may do at FLM, what browsers add (Ollama refuses foreign
 * origins), what we write ourselves, and llama-server's switch for generating on after a disconnect.
 */
const droppedFromRequests = new Set([
  ...hopByHop,
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'accept-encoding',
  'expect',
  'authorization',
  'x-api-key',
  'api-key',
  'cookie',
  'origin',
  'referer',
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'x-conversation-id',
  'x-request-id',
]);

const droppedRequestPrefixes = ['sec-', 'x-forwarded', 'proxy-', 'access-control-', 'cf-', 'x-flm-'];

/**
 * What a client must not get from an engine: its CORS, cookies, identity, caching and framing are not ours, what it tells
 * a browser to do holds for our whole origin, and limits and ids of requests are told by us.
 */
const droppedFromAnswers = new Set([
  ...hopByHop,
  'content-length',
  'content-encoding',
  'content-type',
  'set-cookie',
  'server',
  'date',
  'via',
  'x-powered-by',
  'alt-svc',
  'strict-transport-security',
  'www-authenticate',
  'cache-control',
  'pragma',
  'expires',
  'etag',
  'age',
  'vary',
  'location',
  'x-request-id',
  'x-content-type-options',
  'x-accel-buffering',
  'content-security-policy',
  'report-to',
  'nel',
  'clear-site-data',
  'refresh',
  'link',
  'service-worker-allowed',
  'content-location',
  'content-disposition',
  'request-id',
  'ratelimit',
  'ratelimit-policy',
  'x-should-retry',
]);

/**
 * Headers of the request to an engine, as name, value, name, value …: the client's, less those in the lists above and
 * those its `Connection` header names, plus our own.
 */
export function requestHeadersFor(rawHeaders: readonly string[], host: string, key: string | undefined): string[] {
  const headers = ['host', host, 'content-type', 'application/json', 'accept-encoding', 'identity'];
  if (key !== undefined && key !== '') headers.push('authorization', `Bearer ${key}`);
  const listed = connectionListed(rawHeaders);
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = passedName(rawHeaders[i] as string);
    if (name === undefined || listed?.has(name)) continue;
    headers.push(name, rawHeaders[i + 1] as string);
  }
  return headers;
}

/** Headers of an engine's answer that go on to the client, as name, value, name, value …; its type is added apart. */
export function answerHeadersFrom(headers: Readonly<Record<string, string | string[] | undefined>>): string[] {
  const passed: string[] = [];
  const listed = splitList(headers.connection);
  for (const name in headers) {
    if (droppedFromAnswers.has(name) || listed?.has(name)) continue;
    if (name.startsWith('access-control-') || name.startsWith('x-flm-')) continue;
    const value = headers[name];
    if (typeof value === 'string') passed.push(name, value);
    else if (value !== undefined) for (const one of value) passed.push(name, one);
  }
  return passed;
}

/** Header names as written by clients → as passed on, `undefined`: dropped. Clients write the same few; 2 µs. */
const knownNames = new Map<string, string | undefined>();
const maxKnownNames = 256;
const longestKnownName = 64;

function passedName(given: string): string | undefined {
  const known = knownNames.get(given);
  if (known !== undefined || knownNames.has(given)) return known;
  const lower = given.toLowerCase();
  const name = droppedFromRequests.has(lower) || hasDroppedPrefix(lower) ? undefined : lower;
  if (knownNames.size < maxKnownNames && given.length <= longestKnownName) knownNames.set(given, name);
  return name;
}

function hasDroppedPrefix(name: string): boolean {
  for (const prefix of droppedRequestPrefixes) if (name.startsWith(prefix)) return true;
  return false;
}

/** Names in `Connection`, other than the usual single words, which the lists know anyway. */
function connectionListed(rawHeaders: readonly string[]): ReadonlySet<string> | undefined {
  let names: Set<string> | undefined;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.length !== 10 || rawHeaders[i]?.toLowerCase() !== 'connection') continue;
    for (const name of splitList(rawHeaders[i + 1]) ?? []) (names ??= new Set()).add(name);
  }
  return names;
}

function splitList(value: string | string[] | undefined): ReadonlySet<string> | undefined {
  if (value === undefined || value === 'keep-alive' || value === 'close') return undefined;
  const text = typeof value === 'string' ? value : value.join(',');
  return new Set(text.split(',').map((name) => name.trim().toLowerCase()));
}
