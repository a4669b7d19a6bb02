import type { Model } from '../core/model';
import type { Localizer } from './localizer';

/** Between the facts of one line: `3.2B · Q4_K_M · 8k`. */
export const separator = ' · ';

/** Tokens as people write them: 8192 → `8k`, 131072 → `128k`, 1000000 → `1M`, 500 → `500`. */
export function formatTokens(tokens: number): string {
  if (tokens < 1000) return String(tokens);
  // 128000 is a multiple of both; whoever chose it counted in thousands.
  const base = tokens % 1000 !== 0 && tokens % 1024 === 0 ? 1024 : 1000;
  const thousands = tokens / base;
  if (thousands < base) return `${trimmed(thousands)}k`;
  return `${trimmed(thousands / base)}M`;
}

function trimmed(value: number): string {
  return value >= 10 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}

/** Context as `8k of 128k` when the engine gives less than the model could, else the one number that is known. */
export function formatContext(l10n: Localizer, loaded: number | undefined, max: number | undefined): string {
  if (loaded !== undefined && max !== undefined && loaded < max) {
    return l10n.t('{0} of {1}', formatTokens(loaded), formatTokens(max));
  }
  const known = loaded ?? max;
  return known === undefined ? '' : formatTokens(known);
}

/** Context of a model that is not loaded, where the engine may give it less than it could have; else empty. */
export function expectedContextText(l10n: Localizer, model: Model): string {
  const { contextExpected: expected, contextLoaded, contextMax } = model;
  if (expected === undefined || contextLoaded !== undefined) return '';
  const tokens = formatTokens(expected.tokens);
  switch (expected.from) {
    case 'parameters':
      return tokens;
    case 'others':
      return l10n.t('{0}, as other models of this engine', tokens);
    case 'default':
      return contextMax === undefined
        ? l10n.t('{0} assumed until it is loaded', tokens)
        : l10n.t('at most {0}; {1} assumed until it is loaded', formatTokens(contextMax), tokens);
  }
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Decimal units, as Ollama and LM Studio print sizes: 2019393189 → `2.0 GB`. */
export function formatBytes(bytes: number, language: string): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < byteUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  const number = new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${number.format(value)} ${byteUnits[unit] ?? 'TB'}`;
}

/** A whole number with the reader's separators: 4800 → `4,800`. */
export function formatCount(count: number, language: string): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 0 }).format(count);
}

export function formatModels(l10n: Localizer, count: number): string {
  return count === 1 ? l10n.t('1 model') : l10n.t('{0} models', formatCount(count, l10n.language));
}

export function formatEngines(l10n: Localizer, count: number): string {
  return count === 1 ? l10n.t('1 engine') : l10n.t('{0} engines', formatCount(count, l10n.language));
}

export function formatRequests(l10n: Localizer, count: number): string {
  return count === 1 ? l10n.t('1 request') : l10n.t('{0} requests', formatCount(count, l10n.language));
}

/** How long ago, in the largest whole unit: `12 s`, `3 min`, `5 h`, `2 d`. Never negative. */
export function formatAge(l10n: Localizer, ageMs: number): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1000));
  if (seconds < 60) return l10n.t('{0} s', seconds);
  if (seconds < 3600) return l10n.t('{0} min', Math.floor(seconds / 60));
  if (seconds < 86400) return l10n.t('{0} h', Math.floor(seconds / 3600));
  return l10n.t('{0} d', Math.floor(seconds / 86400));
}

const hourMs = 3_600_000;

/** A time to look back, in words: `1 hour`, `24 hours`, `7 days`. */
export function formatSpan(l10n: Localizer, ms: number): string {
  const hours = Math.round(ms / hourMs);
  if (hours === 1) return l10n.t('1 hour');
  return hours <= 48 ? l10n.t('{0} hours', hours) : l10n.t('{0} days', Math.round(hours / 24));
}

/** The day in the reader's locale: `Nov 29, 2026`. */
export function formatDay(epochMs: number, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium' }).format(epochMs);
}

/** Date and time of day in the reader's locale. */
export function formatTime(epochMs: number, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(epochMs);
}

/** The same with its time zone, for somebody who may be in another. */
export function formatTimeAndZone(epochMs: number, language: string): string {
  return new Intl.DateTimeFormat(language, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(epochMs);
}
