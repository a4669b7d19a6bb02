import { isUsable, type Engine } from '../../core/engine';
import { matchesGlob } from '../../core/glob';
import { canonicalModelId } from '../../core/model-id';
import type { ShareLimits } from '../../core/share';
import { canChat } from '../tree/model-nodes';
import type { ToolModel } from '../wiring/config-edit';
import { toolModels } from '../wiring/tool-models';

/** The chat models of a share as tools list them. */
export function sharedToolModels(engines: readonly Engine[], limits: ShareLimits): readonly ToolModel[] {
  return toolModels(engines, []).filter(({ id }) => isShared(limits, id));
}

/** A model to try the share with: one that is loaded before others. Empty: there is none now. */
export function modelToBegin(engines: readonly Engine[], limits: ShareLimits): string {
  const models = engines
    .filter(({ state }) => isUsable(state))
    .flatMap((engine) =>
      engine.models
        .filter(canChat)
        .map((model) => ({ id: canonicalModelId(engine.id, model.id), isLoaded: model.isLoaded === true })),
    )
    .filter(({ id }) => isShared(limits, id));
  const likely = models.find(({ isLoaded }) => isLoaded) ?? models[0];
  return likely?.id ?? limits.models?.find((pattern) => !pattern.includes('*')) ?? '';
}

/** As the gateway decides it: `*` stands for any characters. No list: every model. */
function isShared({ models = [] }: ShareLimits, id: string): boolean {
  return models.length === 0 || models.some((pattern) => matchesGlob(pattern, id));
}
