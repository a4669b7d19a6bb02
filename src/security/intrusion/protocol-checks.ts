import type { Severity } from '../../core/audit';
import type { IntrusionCategory } from './signature';

/** A sign found by looking at the shape of a request rather than by matching text. */
export interface ProtocolSign {
  readonly id: string;
  readonly category: IntrusionCategory;
  readonly severity: Severity;
  readonly points: number;
  readonly reason: string;
  readonly evidence: string;
}

type HeaderCheck = (value: string) => boolean;

const knownMethods: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);

const CONTENT_TYPE = /^[\w!#$&^.+*-]+\/[\w!#$&^.+*-]+(?:\s*;\s*[\w!#$&^.+*-]+=(?:"[^"\\]*"|[^\s;"]+))*\s*;?\s*$/;
const CHARSET = /charset\s*=\s*["']?([^\s;"']+)/i;
const knownCharsets: ReadonlySet<string> = new Set([
  'utf-8',
  'utf8',
  'us-ascii',
  'ascii',
  'iso-8859-1',
  'iso-8859-15',
  'windows-1252',
]);
const ACCEPT_CHARSET = /^(?:[\w-]+|\*)(?:\s*;\s*q=[\d.]+)?(?:\s*,\s*(?:[\w-]+|\*)(?:\s*;\s*q=[\d.]+)?)*$/;
const ENCODING =
  /^(?:gzip|x-gzip|compress|deflate|br|zstd|identity|aes128gcm|exi|pack200-gzip|dcb|dcz|\*)?(?:\s*;\s*q=[\d.]+)?(?:\s*,\s*(?:gzip|x-gzip|compress|deflate|br|zstd|identity|dcb|dcz|\*)(?:\s*;\s*q=[\d.]+)?)*\s*$/i;

function hasOddCharset(value: string): boolean {
  const found = CHARSET.exec(value)?.[1]?.toLowerCase();
  return found !== undefined && !knownCharsets.has(found);
}

/** Header name → what is wrong with it, points, reason. A row per trick. */
const headerChecks: Readonly<Record<string, readonly (readonly [string, number, HeaderCheck, string])[]>> = {
  'content-type': [
    ['protocol.content-type', 10, (v) => v !== '' && !CONTENT_TYPE.test(v), 'malformed Content-Type'],
    ['protocol.charset', 10, hasOddCharset, 'a character set that hides text from filters'],
    ['protocol.charset-twice', 10, (v) => (v.match(/charset/gi)?.length ?? 0) > 1, 'two character sets'],
    [
      'protocol.content-type-inside',
      10,
      (v) => /[;,].*\w+\/\w+/.test(v.slice(0, 300)),
      'a second media type in Content-Type',
    ],
  ],
  accept: [['protocol.accept-charset', 5, hasOddCharset, 'a character set that hides text from filters']],
  'accept-charset': [
    ['protocol.accept-charset', 5, (v) => v.length > 100 || !ACCEPT_CHARSET.test(v), 'malformed Accept-Charset'],
  ],
  'accept-encoding': [['protocol.accept-encoding', 5, (v) => !ENCODING.test(v), 'an unknown Accept-Encoding']],
  'content-encoding': [
    ['protocol.content-encoding', 10, (v) => v !== '' && !ENCODING.test(v), 'an unknown Content-Encoding'],
  ],
  'content-length': [['protocol.content-length', 10, (v) => !/^\d{1,15}$/.test(v), 'Content-Length is no number']],
  'transfer-encoding': [
    ['protocol.transfer-encoding', 20, (v) => v.toLowerCase() !== 'chunked', 'a Transfer-Encoding to smuggle requests'],
  ],
  connection: [
    [
      'protocol.connection',
      5,
      (v) => /\b(keep-alive|close)\b.*\b(?:keep-alive|close)\b/i.test(v),
      'contradicting Connection',
    ],
  ],
  range: [
    ['protocol.range', 10, (v) => (v.match(/\d*-\d*/g)?.length ?? 0) > 5, 'many ranges'],
    ['protocol.range', 10, (v) => !/^\w{1,12}\s*=\s*[\d\s,-]*$/.test(v), 'malformed Range'],
    ['protocol.range', 10, hasInvertedRange, 'a range that ends before it starts'],
  ],
  'request-range': [['protocol.range', 10, () => true, 'Request-Range is used by nobody']],
  expect: [['protocol.expect', 5, (v) => v.toLowerCase() !== '100-continue', 'an unknown Expect']],
  proxy: [['protocol.httpoxy', 20, () => true, 'Proxy header (httpoxy)']],
  'lock-token': [['protocol.webdav', 10, () => true, 'WebDAV']],
  'content-range': [['protocol.webdav', 5, () => true, 'partial uploads']],
  if: [['protocol.webdav', 10, () => true, 'WebDAV']],
  translate: [['protocol.webdav', 10, () => true, 'WebDAV']],
  'x-http-method-override': [['protocol.method-override', 10, () => true, 'asks for another method than it sends']],
  'x-http-method': [['protocol.method-override', 10, () => true, 'asks for another method than it sends']],
  'x-method-override': [['protocol.method-override', 10, () => true, 'asks for another method than it sends']],
  'x-original-url': [['protocol.path-override', 20, () => true, 'asks for another path than it sends']],
  'x-rewrite-url': [['protocol.path-override', 20, () => true, 'asks for another path than it sends']],
  'x-middleware-subrequest': [['protocol.path-override', 20, () => true, 'skips a middleware (CVE-2025-29927)']],
  'x-up-devcap-post-charset': [['protocol.charset', 10, () => true, 'a character set for the body by a side door']],
  'x-scanner': [['scanner.header', 40, () => true, 'a scanner says so']],
  'x-scan-memo': [['scanner.header', 40, () => true, 'a scanner says so']],
  'x-request-memo': [['scanner.header', 40, () => true, 'a scanner says so']],
  'x-wipp': [['scanner.header', 40, () => true, 'a scanner says so']],
  'x-ratproxy-loop': [['scanner.header', 40, () => true, 'a scanner says so']],
  'acunetix-product': [['scanner.header', 40, () => true, 'a scanner says so']],
  'acunetix-scanning-agreement': [['scanner.header', 40, () => true, 'a scanner says so']],
  bsqlbf: [['scanner.header', 40, () => true, 'a scanner says so']],
  'x-filename': [['file-probe.upload-name', 10, isServerFile, 'uploads a file a server would run or read']],
  'x-file-name': [['file-probe.upload-name', 10, isServerFile, 'uploads a file a server would run or read']],
  x_filename: [['file-probe.upload-name', 10, isServerFile, 'uploads a file a server would run or read']],
  'x.filename': [['file-probe.upload-name', 10, isServerFile, 'uploads a file a server would run or read']],
  host: [['protocol.host', 10, (v) => v.trim() === '' || /[^\w.:[\]-]/.test(v), 'malformed Host']],
  'x-forwarded-for': [
    ['protocol.forwarded', 10, (v) => !/^[\s\w.:,[\]%"=-]*$/.test(v), 'no addresses in X-Forwarded-For'],
  ],
};

/** Headers of which a second copy means that two parsers are to disagree (request smuggling, cache poisoning). */
const mustBeSingle: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'content-type',
  'transfer-encoding',
  'authorization',
  'user-agent',
  'range',
]);

/** Looks at method and header shapes. Costs a table look-up per header. */
export function checkProtocol(method: string, rawHeaders: readonly string[]): readonly ProtocolSign[] {
  const signs: ProtocolSign[] = [];
  const add = (id: string, points: number, reason: string, evidence: string): void => {
    const severity: Severity = points >= 40 ? 'critical' : points >= 20 ? 'high' : points >= 10 ? 'medium' : 'low';
    signs.push({ id, category: id.slice(0, id.indexOf('.')) as IntrusionCategory, severity, points, reason, evidence });
  };
  if (!knownMethods.has(method)) {
    add('protocol.method', method === 'TRACE' || method === 'CONNECT' ? 20 : 10, 'a method no route has', method);
  }
  const seen = new Set<string>();
  let hasLength = false;
  let hasTransfer = false;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    const value = rawHeaders[i + 1] ?? '';
    if (mustBeSingle.has(name) && seen.has(name))
      add('protocol.duplicate-header', 20, 'a header that must be single came twice', name);
    seen.add(name);
    hasLength ||= name === 'content-length';
    hasTransfer ||= name === 'transfer-encoding';
    if (!Object.hasOwn(headerChecks, name)) continue;
    for (const [id, points, isOdd, reason] of headerChecks[name] ?? []) {
      if (isOdd(value)) {
        add(id, points, reason, `${name}: ${value}`);
        break;
      }
    }
  }
  if (hasLength && hasTransfer)
    add(
      'protocol.smuggling',
      40,
      'Content-Length and Transfer-Encoding together',
      'content-length + transfer-encoding',
    );
  return signs;
}

function hasInvertedRange(value: string): boolean {
  for (const match of value.slice(0, 400).matchAll(/(\d{1,15})-(\d{1,15})/g)) {
    if (Number(match[1]) > Number(match[2])) return true;
  }
  return false;
}

function isServerFile(value: string): boolean {
  return /\.\s?(?:php\d?|phtml|phar|jspx?|aspx?|ashx|cgi|pl|sh|exe|dll|bat|war|config|ini|conf|ya?ml|htaccess|env)\b|^\s*\.\w|(?:config|settings)[._-]\s?\w*php/i.test(
    value.slice(0, 300),
  );
}
