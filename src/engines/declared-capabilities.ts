import type { Capability, Model } from '../core/model';

interface Declared {
  readonly by: string;
  readonly models: readonly Model[];
}

/** By the list as the engine told it: whoever compares lists must find the same one while nothing changes. */
const known = new WeakMap<readonly Model[], Declared>();

/**
 * The models of an engine with what the settings say of its chat models. What the engine tells itself is not marked as
 * declared; models that cannot chat stay as they are.
 */
export function withDeclared(models: readonly Model[], declared: readonly Capability[] = []): readonly Model[] {
  if (declared.length === 0) return models;
  const by = declared.join();
  const before = known.get(models);
  if (before?.by === by) return before.models;
  const told = models.map((model) => {
    const added = declared.filter((capability) => !model.capabilities.includes(capability));
    if (added.length === 0 || !model.capabilities.includes('chat')) return model;
    return { ...model, capabilities: [...model.capabilities, ...added], declared: added };
  });
  known.set(models, { by, models: told });
  return told;
}
