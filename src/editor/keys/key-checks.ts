import { parseRange } from '../../core/ip-range';
import { formatCount } from '../format';
import type { Localizer } from '../localizer';
import { plainText } from '../safe-text';

const maxLabelLength = 80;
const maxEntries = 200;
const maxPatternLength = 512;

/** What is wrong with the label of a key; the gateway has the same rule. */
export function labelProblem(l10n: Localizer, text: string): string | undefined {
  const label = text.trim();
  if (label === '') return l10n.t('Give the key a name, so that you know later whose it is.');
  if (label.length > maxLabelLength) return l10n.t('A name has at most {0} characters.', maxLabelLength);
  return /[\u0000-\u001f\u007f]/.test(label) ? l10n.t('A name has printable characters only.') : undefined;
}

/** What is wrong with a limit; empty means no limit. */
export function limitProblem(l10n: Localizer, text: string): string | undefined {
  if (text.trim() === '') return undefined;
  return parseLimit(text) === undefined
    ? l10n.t('Write a whole number of at least 1, or nothing for no limit.')
    : undefined;
}

/** A limit as people write it: `600`, `10,000`. Undefined: none, or no number. */
export function parseLimit(text: string): number | undefined {
  const digits = text.trim().replace(/(?<=\d)[,_ '](?=\d{3})/g, '');
  if (!/^\d{1,15}$/.test(digits)) return undefined;
  const value = Number(digits);
  return value >= 1 ? value : undefined;
}

/** Entries separated by commas, blanks or line breaks, each once. */
export function parseList(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,]+/).filter((entry) => entry !== ''))];
}

/** What is wrong with model or route patterns. */
export function patternsProblem(l10n: Localizer, text: string): string | undefined {
  const patterns = parseList(text);
  if (patterns.length > maxEntries) return tooMany(l10n);
  const long = patterns.some((pattern) => pattern.length > maxPatternLength);
  return long ? l10n.t('A pattern has at most {0} characters.', maxPatternLength) : undefined;
}

/** What is wrong with a list of addresses; names the first bad one. */
export function addressesProblem(l10n: Localizer, text: string): string | undefined {
  const entries = parseList(text);
  if (entries.length > maxEntries) return tooMany(l10n);
  const bad = entries.find((entry) => parseRange(entry) === undefined);
  return bad === undefined
    ? undefined
    : l10n.t('{0} is no IP address or range such as 192.168.1.0/24.', plainText(bad));
}

function tooMany(l10n: Localizer): string {
  return l10n.t('At most {0} entries.', formatCount(maxEntries, l10n.language));
}
