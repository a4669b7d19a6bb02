import { mapParts } from './choices';
import { without, type JsonObject } from './json-object';
import { chatRoutes, type ChunkRepair, type Repair } from './repair';

/** The role in the first delta of a choice only: LM Studio and older Ollama repeat it in every one. */
export const roleOnce: Repair = {
  name: 'role-once',
  kinds: ['ollama', 'lmstudio'],
  routes: chatRoutes,
  chunks: () => new RoleOnce(),
};

class RoleOnce implements ChunkRepair {
  readonly #told = new Set<number>();

  chunk(chunk: JsonObject): JsonObject {
    return mapParts(chunk, (delta, index) => {
      if (!Object.hasOwn(delta, 'role')) return delta;
      if (this.#told.has(index)) return without(delta, 'role');
      this.#told.add(index);
      return delta;
    });
  }
}
