import { isUsable, type Engine } from '../../core/engine';
import type { Model } from '../../core/model';
import { canonicalModelId } from '../../core/model-id';
import { assumedContext, splitContext } from '../language-models/model-information';
import { canChat, modelLabel } from '../tree/model-nodes';
import type { ToolModel } from './config-edit';

/** More than anybody picks from; keeps a configuration readable. */
const maxModels = 100;

/** The chat models of all usable engines as tools list them; names that occur twice say their engine. */
export function toolModels(engines: readonly Engine[], hidden: readonly string[]): readonly ToolModel[] {
  const all = engines
    .filter((engine) => isUsable(engine.state) && !hidden.includes(engine.id))
    .flatMap((engine) =>
      engine.models.filter(canChat).map((model) => ({ engine, model, id: canonicalModelId(engine.id, model.id) })),
    )
    .slice(0, maxModels);
  const labels = all.map(({ model }) => modelLabel(model));
  return all.map(({ model, id }, index) => {
    const label = labels[index] ?? id;
    return {
      id,
      name: labels.indexOf(label) === labels.lastIndexOf(label) ? label : id,
      callsTools: model.capabilities.includes('tools'),
      seesImages: model.capabilities.includes('vision'),
      ...splitContext(lastingContext(model)),
    };
  });
}

/**
 * A tool's file stays as it is for weeks: what an engine is only supposed to begin with, because nothing tells, would cut
 * the tool down for good. There the model's own length is written, and FLM warns where the engine cuts a prompt.
 */
function lastingContext({ contextExpected: expected, ...model }: Model): number {
  return assumedContext(
    expected === undefined || expected.from === 'default' ? model : { ...model, contextExpected: expected },
  );
}

/** The one an agent can work with: it calls tools, and has the most room. */
export function mostCapable(models: readonly ToolModel[]): ToolModel | undefined {
  const callers = models.filter(({ callsTools }) => callsTools);
  return (callers.length > 0 ? callers : models).toSorted((a, b) => b.maxInputTokens - a.maxInputTokens)[0];
}
