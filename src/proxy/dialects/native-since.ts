import type { CatalogEntry } from '../../core/catalog';
import type { EngineKind } from '../../core/engine';
import { isVersionWithin } from '../repairs/version-range';

/** First version of an engine that speaks a dialect well; `'any'` where every version one meets does. */
export type NativeSince = Readonly<Partial<Record<EngineKind, string>>>;

/**
 * Whether an engine is known to speak a dialect. An unknown version is not: the translation works with every one.
 * llama.cpp counts builds (`b9775-be4a6a63e`), the others number their versions.
 */
export function isNativeSince({ engine: { kind, version } }: CatalogEntry, since: NativeSince): boolean {
  const first = since[kind];
  if (first === undefined) return false;
  if (first === 'any') return true;
  if (version === undefined) return false;
  return kind === 'llamacpp' ? buildOf(version) >= buildOf(first) : !isVersionWithin(version, '0', first);
}

function buildOf(version: string): number {
  return Number(/^b(\d{1,9})\b/.exec(version)?.[1] ?? 0);
}
