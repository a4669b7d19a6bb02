import type { Model } from '../core/model';
import { textOf } from './json';

/** Longer ids are no names any more; a client could hardly send one, and the tree could not show it. */
export const maxModelIdLength = 1024;

/** More models than any engine has; what comes later in the list is dropped. */
export const maxModelsPerEngine = 20_000;

/** C0 and C1 controls and the line separators: such an id is damage, and would break logs and snippets. */
const controlCharacters = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** An id as the engine wrote it, or undefined if it is none that could be used. */
export function modelIdOf(value: unknown): string | undefined {
  const id = textOf(value, maxModelIdLength);
  return id === undefined || id.trim() === '' || controlCharacters.test(id) ? undefined : id;
}

/** Keeps one model per id: the loaded one of several, else the first. Order is that of first appearance. */
export function uniqueModels(models: Iterable<Model>): readonly Model[] {
  const byId = new Map<string, Model>();
  for (const model of models) {
    const known = byId.get(model.id);
    if (known === undefined && byId.size >= maxModelsPerEngine) continue;
    if (known === undefined || (model.isLoaded === true && known.isLoaded !== true)) byId.set(model.id, model);
  }
  return [...byId.values()];
}

/** The same models with the same facts in the same order. */
export function isSameModels(a: readonly Model[], b: readonly Model[]): boolean {
  return a === b || (a.length === b.length && JSON.stringify(a) === JSON.stringify(b));
}
