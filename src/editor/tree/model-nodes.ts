import type { Engine } from '../../core/engine';
import { canonicalModelId } from '../../core/model-id';
import type { Capability, Model } from '../../core/model';
import { formatContext, formatModels, separator } from '../format';
import type { Localizer } from '../localizer';
import { plainText } from '../safe-text';
import { contextValue, type ActionNode, type ModelNode, type NodeIcon } from './tree-node';
import { matchesFilter, pageSize, type TreeOptions } from './tree-options';

/** The rows below an engine: its models in order, a page at a time. */
export function modelNodes(l10n: Localizer, engine: Engine, options: TreeOptions): (ModelNode | ActionNode)[] {
  const matching = visibleModels(engine, options);
  const limit = options.shown.get(engine.id) ?? pageSize;
  const nodes: (ModelNode | ActionNode)[] = matching
    .slice(0, limit)
    .map((model) => modelNode(l10n, engine, model, options));
  const rest = matching.length - limit;
  return rest > 0 ? [...nodes, moreNode(l10n, engine, rest)] : nodes;
}

/** Models that pass the filter, in the order people look for them: loaded, then chat, then the rest, by name. */
export function visibleModels(engine: Engine, options: TreeOptions): readonly Model[] {
  const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
  return engine.models
    .filter((model) => matchesFilter(engine, model, options.filter))
    .sort((a, b) => rank(a) - rank(b) || collator.compare(modelLabel(a), modelLabel(b)));
}

function rank(model: Model): number {
  if (model.isLoaded === true || model.isLoading === true) return 0;
  return canChat(model) ? 1 : 2;
}

export function canChat(model: Model): boolean {
  return model.capabilities.includes('chat');
}

export function modelLabel(model: Model): string {
  return plainText(model.displayName ?? model.id) || '?';
}

export function modelNode(l10n: Localizer, engine: Engine, model: Model, options: TreeOptions): ModelNode {
  const id = canonicalModelId(engine.id, model.id);
  const isDefault = options.defaultModel === id || options.defaultModel === model.id;
  const description = modelFacts(l10n, model, isDefault).join(separator);
  return {
    kind: 'model',
    id: `model:${id}`,
    label: modelLabel(model),
    description,
    icon: modelIcon(model),
    contextValue: contextValue('model', canChat(model) && 'chat', isDefault && 'default'),
    expansion: 'none',
    accessibilityLabel: [l10n.t('Model {0}', modelLabel(model)), description].filter(Boolean).join(', '),
    engine,
    model,
  };
}

/** Short facts in a fixed order: what it is if not chat, size, quantisation, context, where and whether it runs. */
export function modelFacts(l10n: Localizer, model: Model, isDefault: boolean): string[] {
  const facts = [
    isDefault ? l10n.t('default') : '',
    canChat(model) ? '' : kindOf(l10n, model),
    plainText(model.parameters ?? ''),
    plainText(model.quantization ?? ''),
    formatContext(l10n, model.contextLoaded, model.contextMax),
    model.isCloud === true ? l10n.t('cloud') : '',
    model.isLoading === true ? l10n.t('loading') : model.isLoaded === true ? l10n.t('loaded') : '',
  ];
  return facts.filter((fact) => fact !== '');
}

function kindOf(l10n: Localizer, model: Model): string {
  const first = model.capabilities[0];
  return first === undefined ? '' : capabilityLabel(l10n, first);
}

export function capabilityLabel(l10n: Localizer, capability: Capability): string {
  const labels: Record<Capability, string> = {
    chat: l10n.t('chat'),
    completion: l10n.t('completion'),
    embeddings: l10n.t('embeddings'),
    vision: l10n.t('vision'),
    audio: l10n.t('audio'),
    tools: l10n.t('tools'),
    thinking: l10n.t('thinking'),
    fim: l10n.t('fill-in-the-middle'),
    rerank: l10n.t('reranking'),
  };
  return labels[capability];
}

function modelIcon(model: Model): NodeIcon {
  if (model.isLoading === true) return { id: 'loading~spin' };
  const id = iconId(model);
  return model.isLoaded === true ? { id, color: 'charts.green' } : { id };
}

function iconId(model: Model): string {
  if (model.isCloud === true) return 'cloud';
  if (canChat(model)) return model.capabilities.includes('vision') ? 'eye' : 'comment';
  if (model.capabilities.includes('embeddings')) return 'symbol-array';
  if (model.capabilities.includes('rerank')) return 'list-ordered';
  return 'symbol-misc';
}

function moreNode(l10n: Localizer, engine: Engine, rest: number): ActionNode {
  const label = l10n.t('Show More…');
  const description = l10n.t('{0} not shown', formatModels(l10n, rest));
  return {
    kind: 'action',
    id: `more:${engine.id}`,
    label,
    description,
    icon: { id: 'ellipsis' },
    contextValue: contextValue('more'),
    expansion: 'none',
    accessibilityLabel: `${label} ${description}`,
    command: 'flm.models.showMore',
    args: [engine.id],
  };
}
