import type { Severity } from '../../core/audit';
import { CleanRequests, type InspectedFacts } from './clean-requests';
import { findMarker } from './markers';
import { isKnownHeader, isKnownPair, isPlainPath, isSecretHeader } from './known-surface';
import { readAll, type ReadingFlag } from './normalize';
import { checkProtocol } from './protocol-checks';
import { scannerAgent } from './scanner-agents';
import { Part, type IntrusionCategory, type Signature } from './signature';
import { SignatureMatcher } from './signature-matcher';
import { signatures } from './signature-table';

/** Something in a request that speaks of an attack. */
export interface IntrusionSign {
  readonly id: string;
  readonly category: IntrusionCategory;
  readonly severity: Severity;
  readonly points: number;
  readonly reason: string;
  /** What matched, as it was read; unescaped, at most 200 characters. */
  readonly evidence: string;
}

/** Longest target or header value that is looked into; beyond it the length itself is the sign. */
export const maxInspectedLength = 8192;
/** Characters matched against the table per request; bounds the time of the worst request. */
const BUDGET = 2048;
/** No route takes more than ten query parameters; from here on their number is a sign by itself. */
const MANY_PAIRS = 100;
/** Parameters looked at one by one; what comes behind them is read as one text. */
const SINGLE_PAIRS = 24;

const flagSigns: Readonly<Record<ReadingFlag, readonly [points: number, reason: string] | undefined>> = {
  overlong: [40, 'overlong UTF-8'],
  'percent-u': [20, '%u encoding'],
  nul: [40, 'NUL byte'],
  'double-encoding': [10, 'encoded twice'],
  'full-width': [20, 'full-width characters that fold to syntax'],
  crlf: undefined,
  'bad-encoding': [5, 'percent signs that encode nothing'],
};

/** Odd in a header whose grammar has `"`, `;`, `(`, `=`, `,`. */
const ODD_IN_KNOWN_HEADER = /[<>'`$\\|&%{}!#^~[\]]|\(\s?\)|^\s*[;(|&:]|\w\(\w|\.\.\/|\/\/\w+\/\.\.|--/;
/** Nothing to interpret, unless it is Base64. */
const PLAIN_TOKEN = /^[\w.-]*$/;
/** `Mozilla/5.0`, `OpenAI/JS`, `ollama-js/0.6.4`: what agents start with. */
const PRODUCT = /^[\w.+-]{1,60}\/[\w.]/;
const PLAIN_KEY = /^[a-z][\w-]{0,63}(?:\[\w{0,20}\])?$/i;
const ODD_KEY = /__|constructor|prototype/i;
const HTTP_URL = /^https?:\/\/[\w.-]{1,253}(?::\d{1,5})?(?:[/?#]|$)/i;

const nothing: readonly IntrusionSign[] = [];

/**
 * Reads request line, query and headers of one request; never its body. Everything known to be honest is skipped
 * first, so an ordinary request costs a few microseconds; the worst one is bounded by {@link BUDGET}.
 */
export class IntrusionDetector {
  readonly #disabled: ReadonlySet<string>;
  readonly #matcher: SignatureMatcher;
  readonly #clean = new CleanRequests();

  constructor(disabledRules: readonly string[] = []) {
    this.#disabled = new Set(disabledRules);
    const isOn = ({ id, category }: Signature): boolean => !this.#disabled.has(id) && !this.#disabled.has(category);
    this.#matcher = new SignatureMatcher(signatures.filter(isOn));
  }

  /** Signs found, most telling first; empty for almost every honest request. */
  inspect(facts: InspectedFacts): readonly IntrusionSign[] {
    const description = this.#clean.describe(facts);
    if (description !== undefined && this.#clean.has(description)) return nothing;
    const signs = this.#inspect(facts);
    if (description !== undefined && signs.length === 0) this.#clean.add(description);
    return signs;
  }

  #inspect(facts: InspectedFacts): readonly IntrusionSign[] {
    const found = new Map<string, IntrusionSign>();
    const run = new Inspection(this.#matcher, found);
    run.target(facts.target, facts.route !== undefined);
    run.headers(facts.rawHeaders);
    for (const sign of checkProtocol(facts.method, facts.rawHeaders)) run.add(sign);
    if (found.size === 0) return nothing;
    return [...found.values()].filter((sign) => !this.#disabled.has(sign.id)).sort((a, b) => b.points - a.points);
  }
}

/** State of one request while it is read. */
class Inspection {
  readonly #matcher: SignatureMatcher;
  readonly #found: Map<string, IntrusionSign>;
  #left = BUDGET;

  constructor(matcher: SignatureMatcher, found: Map<string, IntrusionSign>) {
    this.#matcher = matcher;
    this.#found = found;
  }

  add(sign: IntrusionSign): void {
    const known = this.#found.get(sign.id);
    if (known === undefined || known.points < sign.points) {
      this.#found.set(sign.id, { ...sign, evidence: sign.evidence.slice(0, 200) });
    }
  }

  target(target: string, isKnownRoute: boolean): void {
    if (target.length > maxInspectedLength) {
      this.add(oversized(`target of ${target.length} characters`));
    }
    const capped = target.slice(0, maxInspectedLength);
    const mark = capped.indexOf('?');
    const path = mark === -1 ? capped : capped.slice(0, mark);
    if (!(isPlainPath(path) && isKnownRoute)) this.#match(path, Part.path, false);
    if (mark === -1) return;

    const pairs = capped.slice(mark + 1).split('&');
    if (pairs.length > MANY_PAIRS) this.add(oversized(`${pairs.length} query parameters`));
    const odd = pairs.filter((pair) => pair !== '' && !(isKnownRoute && isKnown(pair)));
    for (const pair of odd.slice(0, SINGLE_PAIRS)) this.#pair(pair);
    if (odd.length > SINGLE_PAIRS) this.#match(odd.slice(SINGLE_PAIRS).join('&'), Part.query | Part.pair, true);
  }

  #pair(pair: string): void {
    const [key, value] = splitPair(pair);
    if (value === undefined || !PLAIN_KEY.test(key) || ODD_KEY.test(key)) {
      this.#match(pair, Part.query | Part.pair, true);
      return;
    }
    if (value !== '') this.#match(value, Part.query, true);
    this.#match(pair, Part.pair, true);
  }

  headers(rawHeaders: readonly string[]): void {
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
      const name = (rawHeaders[i] ?? '').toLowerCase();
      const value = rawHeaders[i + 1] ?? '';
      if (value.length > maxInspectedLength) this.add(oversized(`${name} of ${value.length} characters`));
      if (isSecretHeader(name)) this.#markers(name, value);
      else if (name === 'referer' && HTTP_URL.test(value)) this.#markers(name, value);
      else if (name === 'user-agent') this.#agent(value);
      else if (isKnownHeader(name) && name !== 'referer') {
        if (ODD_IN_KNOWN_HEADER.test(value.slice(0, maxInspectedLength))) this.#match(value, Part.header, false);
      } else this.#match(value, Part.header, false);
    }
  }

  #agent(value: string): void {
    const kind = scannerAgent(value);
    if (kind !== undefined) {
      const points = kind === 'attack-tool' ? 30 : 10;
      const severity = kind === 'attack-tool' ? 'high' : 'medium';
      this.add({
        id: `scanner.${kind}`,
        category: 'scanner',
        severity,
        points,
        reason: 'the agent names a scanner',
        evidence: value,
      });
    }
    if (ODD_IN_KNOWN_HEADER.test(value) || !(PRODUCT.test(value) || PLAIN_TOKEN.test(value)))
      this.#match(value, Part.header, false);
  }

  #markers(name: string, value: string): void {
    const capped = value.slice(0, maxInspectedLength);
    if (!/[%$<()./\r\n]/.test(capped)) return;
    const found = findMarker(readAll(capped.slice(0, BUDGET), false));
    if (found === undefined) return;
    // Of secrets and cookies nothing but the marker's beginning is kept.
    const evidence = `${name}: ${found.slice(0, 20)}`;
    this.add({
      id: 'injection.marker',
      category: 'injection',
      severity: 'critical',
      points: 40,
      reason: 'an exploit where only a secret or a page address belongs',
      evidence,
    });
  }

  #match(piece: string, part: number, isQuery: boolean): void {
    const text = headAndTail(piece, this.#left);
    this.#left -= text.length;
    if (text === '') return;
    const isToken = PLAIN_TOKEN.test(text);
    if (isToken && part === Part.header && text.length < 16) return;
    const readings = readAll(text, isQuery);
    if (isToken && part === Part.header && readings.base64 === undefined) return;
    for (const flag of readings.flags) {
      const sign = flagSigns[flag];
      if (sign !== undefined) {
        const [points, reason] = sign;
        this.add({
          id: `protocol.${flag}`,
          category: 'protocol',
          severity: points >= 40 ? 'critical' : 'medium',
          points,
          reason,
          evidence: text,
        });
      }
    }
    this.#matcher.match(readings, part, (row, evidence) => this.add({ ...row, evidence }));
  }
}

function splitPair(pair: string): readonly [key: string, value: string | undefined] {
  const equals = pair.indexOf('=');
  return equals === -1 ? [pair, undefined] : [pair.slice(0, equals), pair.slice(equals + 1)];
}

function isKnown(pair: string): boolean {
  const [key, value = ''] = splitPair(pair);
  return isKnownPair(key, value);
}

/** All of it, or both ends: padding in front hides nothing. */
function headAndTail(piece: string, length: number): string {
  if (piece.length <= length) return piece;
  if (length <= 0) return '';
  const tail = Math.floor(length / 3);
  return `${piece.slice(0, length - tail)} ${piece.slice(piece.length - tail)}`;
}

function oversized(evidence: string): IntrusionSign {
  return {
    id: 'protocol.oversized',
    category: 'protocol',
    severity: 'medium',
    points: 10,
    reason: 'longer than any client sends',
    evidence,
  };
}
