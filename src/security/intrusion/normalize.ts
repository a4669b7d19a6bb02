import { percentDecode } from './percent-decode';

/**
 * One piece of a request in every reading an interpreter behind us might give it. All texts are lower-case; a reading
 * that does not differ from `text` is undefined, so that nothing is matched twice.
 */
export interface Readings {
  /** As sent, lower-case. */
  readonly raw: string;
  /** Decoded, NFKC, without control characters. */
  readonly text: string;
  /** HTML entities resolved: for `<` tests. */
  readonly html: string | undefined;
  /** `\` as `/`, runs of `/` and `/./` collapsed. */
  readonly path: string | undefined;
  /** SQL comments gone, white space collapsed. */
  readonly sql: string | undefined;
  /** Without the quotes, carets and empty expansions shells skip. */
  readonly shell: string | undefined;
  /** What a Base64 text says. */
  readonly base64: string | undefined;
  readonly flags: ReadonlySet<ReadingFlag>;
}

export type ReadingFlag = 'double-encoding' | 'overlong' | 'percent-u' | 'nul' | 'crlf' | 'full-width' | 'bad-encoding';

const CONTROL = /[\u0000-\u001f\u007f]/g;
const BASE64 = /[a-z0-9+/_-]{16,}={0,2}/gi;
const NAMED_ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  amp: '&',
  lpar: '(',
  rpar: ')',
  colon: ':',
  tab: '',
  newline: '',
  sol: '/',
  grave: '`',
  equals: '=',
  semi: ';',
  comma: ',',
  period: '.',
  lbrack: '[',
  rbrack: ']',
  nbsp: ' ',
};

/** Reads one text in all ways. Linear in its length, which the caller has capped. Never throws. */
export function readAll(raw: string, plusIsSpace: boolean): Readings {
  const decoded = percentDecode(raw, plusIsSpace);
  const flags = new Set<ReadingFlag>();
  if (decoded.rounds >= 2) flags.add('double-encoding');
  if (decoded.hasOverlong) flags.add('overlong');
  if (decoded.hasPercentU) flags.add('percent-u');
  if (decoded.hasNul) flags.add('nul');
  if (/[\r\n]/.test(decoded.text)) flags.add('crlf');
  if (decoded.hasBadBytes) flags.add('bad-encoding');

  let folded = decoded.text;

  if (/[^\u0000-\u007f]/.test(folded)) {
    const before = folded;
    folded = folded.normalize('NFKC');
    if (folded !== before && /[<>'"`(){}|;\\/.]/.test(folded) && !/[<>'"`(){}|;\\/]/.test(before))
      flags.add('full-width');
  }
  if (/\\(?:u[0-9a-f{]|x[0-9a-f]{2}|[0-7]{3})/i.test(folded)) folded = unescapeScript(folded);
  // CR, LF and TAB separate words; other control characters are only there to split them.
  const text = folded
    .replace(/[\r\n\t]/g, ' ')
    .replace(CONTROL, '')
    .toLowerCase();
  const base64 = decodeBase64(decoded.text);

  return {
    raw: raw.toLowerCase(),
    text,
    html: different(text, readHtml(text)),
    path: different(text, readPath(text)),
    sql: different(text, readSql(text)),
    shell: different(text, readShell(text)),
    base64,
    flags,
  };
}

function different(text: string, reading: string): string | undefined {
  return reading === text ? undefined : reading;
}

/** `\u003c`, `\u{3c}`, `\x3c`, `\074`: escapes of JavaScript and JSON. */
function unescapeScript(text: string): string {
  return text.replace(
    /\\u([0-9a-f]{4})|\\u\{0{0,8}([0-9a-f]{1,4})\}|\\x([0-9a-f]{2})|\\([0-7]{3})/gi,
    (_, unicode?: string, braced?: string, hex?: string, octal?: string) =>
      String.fromCharCode(octal === undefined ? parseInt(unicode ?? braced ?? hex ?? '0', 16) : parseInt(octal, 8)),
  );
}

function readHtml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#0{0,8}(\d{1,5});?|#x0{0,8}([0-9a-f]{1,4});?|([a-z]{2,8});)/g,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return NAMED_ENTITIES[name] ?? whole;
      const code = decimal === undefined ? parseInt(hex ?? '0', 16) : Number(decimal);
      return code < 32 ? '' : String.fromCharCode(code).toLowerCase();
    },
  );
}

function readPath(text: string): string {
  let path = text;
  if (path.includes('\\')) path = path.replaceAll('\\', '/');
  if (path.includes('//')) path = path.replace(/\/{2,}/g, '/');
  if (path.includes('/./')) path = path.replace(/(?:\/\.)+(?=\/)/g, '');
  return path;
}

function readSql(text: string): string {
  let sql = text;
  if (sql.includes('/*')) {
    // `/*!50000union*/` is executed by MySQL; every other comment is a separator.
    sql = sql.replace(/\/\*!\d{0,6}/g, ' ').replace(/\/\*[^*]{0,200}\*\//g, ' ');
    sql = sql.replaceAll('*/', ' ');
  }
  return sql.replace(/\s{2,}/g, ' ');
}

function readShell(text: string): string {
  let shell = text;
  if (shell.includes('$')) {
    // Unset variables expand to nothing: `c$@at`, `/et$u/passwd`.
    shell = shell
      .replace(/\$\{?ifs\}?(?:\$?\d)?/g, ' ')
      .replace(/\$(?:[@*\d?!#_-]|\(\)|\{[\d@*]?\}|\{[a-z]{1,3}\}|[a-z](?![a-z_\d(]))/g, '');
  }
  return shell
    .replace(/''|""|``|\^/g, '')
    .replace(/(\w)["'](?=\w)/g, '$1')
    .replace(/(["'])(?=\w["'])/g, '')
    .replace(/\\(?=\w)/g, '');
}

/**
 * The text behind the first long Base64 run, or undefined when it is none. A payload is only counted as text when
 * nearly all of it is printable: identifiers and hashes decode to noise.
 */
function decodeBase64(text: string): string | undefined {
  for (const match of text.matchAll(BASE64)) {
    const token = match[0];
    if (!/[a-z]/.test(token) || !/[A-Z]/.test(token)) continue;
    const decoded = Buffer.from(token.replace(/^\//, ''), 'base64').toString('latin1');
    const printable = decoded.replace(/[^\x20-\x7e\r\n\t]/g, '');
    if (decoded.length >= 10 && printable.length >= decoded.length * 0.95) {
      return percentDecode(printable.replace(/[\r\n\t]/g, ' '), false).text.toLowerCase();
    }
  }
  return undefined;
}
