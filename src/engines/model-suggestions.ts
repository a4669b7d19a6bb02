import type { CatalogEntry } from '../core/catalog';

/** A refusal must stay cheap, whoever asks for nonsense in a loop: this many models are compared, of this length. */
const maxCompared = 300;
const maxLength = 120;
const maxSuggestions = 5;

/** Below this likeness a suggestion helps nobody. */
const minScore = 0.3;

/**
 * Canonical ids that somebody who wrote `name` may have meant, best first; without a name the first few chat models.
 * At most five; about a millisecond.
 */
export function suggestModels(name: string, published: readonly CatalogEntry[]): readonly string[] {
  const compared = published.slice(0, maxCompared);
  if (name === '') {
    const chat = compared.filter((entry) => entry.model.capabilities.includes('chat'));
    return chat.slice(0, maxSuggestions).map((entry) => entry.id);
  }
  const wanted = pairs(name);
  const isQualified = name.includes('/');
  return compared
    .map((entry) => ({ id: entry.id, score: likeness(wanted, isQualified ? entry.id : entry.model.id) }))
    .filter(({ score }) => score >= minScore)
    .sort((a, b) => b.score - a.score)
    .slice(0, maxSuggestions)
    .map(({ id }) => id);
}

/** Sørensen–Dice coefficient of the letter pairs: forgives typos and swapped words. */
function likeness(wanted: ReadonlySet<string>, text: string): number {
  const others = pairs(text);
  if (wanted.size + others.size === 0) return 0;
  let shared = 0;
  for (const pair of others) if (wanted.has(pair)) shared++;
  return (2 * shared) / (wanted.size + others.size);
}

function pairs(text: string): ReadonlySet<string> {
  const lower = text.slice(0, maxLength).toLowerCase();
  return new Set(Array.from({ length: Math.max(0, lower.length - 1) }, (_, at) => lower.slice(at, at + 2)));
}
