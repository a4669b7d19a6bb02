import type { Engine, EngineSource } from '../../core/engine';
import type { ModelMeasurement } from '../../core/measurements';
import type { Model } from '../../core/model';
import { canonicalModelId } from '../../core/model-id';
import { expectedContextText, formatAge, formatBytes, formatCount, formatTime, formatTokens } from '../format';
import { localizeReason, type Localizer } from '../localizer';
import { firstTokenText, speedText } from '../measurements/measured-texts';
import { markdownText } from '../safe-text';
import { capabilityLabel, modelLabel } from './model-nodes';
import { stateLabel } from './engine-nodes';
import type { TreeNode } from './tree-node';

/** A row of a tooltip's table: what it is, and its value as Markdown that has been escaped already. */
type Row = readonly [title: string, value: string];

/**
 * What hovering a row tells, as Markdown. Everything an engine wrote is escaped, and the result must be shown untrusted:
 * without command links, HTML or icons.
 */
export function nodeTooltip(
  l10n: Localizer,
  node: TreeNode,
  now: number,
  measured?: ModelMeasurement,
): string | undefined {
  switch (node.kind) {
    case 'engine':
      return node.isHidden ? undefined : engineTooltip(l10n, node.engine, now);
    case 'model':
      return modelTooltip(l10n, node.engine, node.model, now, measured);
    case 'action':
      return undefined;
  }
}

export function engineTooltip(l10n: Localizer, engine: Engine, now: number): string {
  const rows: Row[] = [
    [l10n.t('State'), stateLabel(l10n, engine.state)],
    [l10n.t('Address'), markdownText(engine.baseUrl)],
    [l10n.t('Version'), markdownText(engine.version ?? '')],
    [l10n.t('Models'), engine.models.length === 0 ? '' : formatCount(engine.models.length, l10n.language)],
    [l10n.t('Checked'), engine.checkedAt === undefined ? '' : ago(l10n, now - engine.checkedAt)],
    [l10n.t('Since'), formatTime(engine.since, l10n.language)],
    [l10n.t('Found by'), foundBy(l10n, engine)],
    [l10n.t('Prefix of its model IDs'), `${markdownText(engine.id)}/`],
    [l10n.t('Start command'), markdownText(engine.startCommand ?? '')],
  ];
  const warnings = [
    engine.isStale ? l10n.t('From the cache; not checked since.') : '',
    engine.isRemote ? l10n.t('Not on this machine: prompts leave it over the network.') : '',
  ];
  return page(markdownText(engine.name), [localizeReason(l10n, engine.reason, markdownText), ...warnings], rows);
}

export function modelTooltip(
  l10n: Localizer,
  engine: Engine,
  model: Model,
  now: number,
  measured?: ModelMeasurement,
): string {
  const capabilities = model.capabilities.map((capability) => {
    const label = capabilityLabel(l10n, capability);
    return model.declared?.includes(capability) === true ? l10n.t('{0} (by the settings)', label) : label;
  });
  const rows: Row[] = [
    [l10n.t('ID to use'), markdownText(canonicalModelId(engine.id, model.id))],
    [l10n.t('Engine'), markdownText(engine.name)],
    [l10n.t('Capabilities'), capabilities.join(', ')],
    [l10n.t('Parameters'), markdownText(model.parameters ?? '')],
    [l10n.t('Quantization'), markdownText(model.quantization ?? '')],
    [l10n.t('Family'), markdownText(model.family ?? '')],
    [l10n.t('Format'), markdownText(model.format ?? '')],
    [l10n.t('Size'), bytes(l10n, model.sizeBytes)],
    [l10n.t('In GPU memory'), bytes(l10n, model.vramBytes)],
    [l10n.t('Context, made for'), tokens(l10n, model.contextMax)],
    [l10n.t('Context, loaded with'), tokens(l10n, model.contextLoaded)],
    [l10n.t('Context, when loaded'), expectedContextText(l10n, model)],
    [l10n.t('Embedding length'), count(l10n, model.embeddingLength)],
    [l10n.t('Adapter of'), markdownText(model.parent ?? '')],
    [l10n.t('Aliases'), (model.aliases ?? []).slice(0, 5).map(markdownText).join(', ')],
    [l10n.t('Loaded'), loaded(l10n, model, now)],
    [l10n.t('First token'), firstTokenText(l10n, measured)],
    [l10n.t('Speed'), speedText(l10n, measured)],
  ];
  const warnings = [
    isContextCut(model)
      ? l10n.t('Loaded with less context than it was made for: longer prompts are cut or refused.')
      : '',
    model.isCloud === true ? l10n.t('Runs in the cloud of its vendor: prompts leave this machine.') : '',
  ];
  return page(markdownText(modelLabel(model)), warnings, rows);
}

function isContextCut(model: Model): boolean {
  return model.contextLoaded !== undefined && model.contextMax !== undefined && model.contextLoaded < model.contextMax;
}

function page(title: string, sentences: readonly string[], rows: readonly Row[]): string {
  const table = rows.filter(([, value]) => value !== '').map(([name, value]) => `| ${name} | ${value} |`);
  return [
    `**${title}**`,
    ...sentences.filter((sentence) => sentence !== ''),
    ['| | |', '|:--|:--|', ...table].join('\n'),
  ].join('\n\n');
}

function foundBy(l10n: Localizer, engine: Engine): string {
  const labels: Record<EngineSource, string> = {
    configured: l10n.t('setting flm.engines.addresses'),
    environment: l10n.t('environment variable'),
    'config-file': l10n.t('configuration file'),
    'default-port': l10n.t('usual port'),
    installed: l10n.t('installed program'),
    demo: l10n.t('demo engine'),
  };
  const detail = markdownText(engine.sourceDetail ?? '');
  // The detail of a setting is its place in that setting.
  if (engine.source === 'configured' && detail !== '') return l10n.t('setting {0}', detail);
  return detail === '' ? labels[engine.source] : `${labels[engine.source]}: ${detail}`;
}

function loaded(l10n: Localizer, model: Model, now: number): string {
  if (model.isLoading === true) return l10n.t('loading');
  if (model.isLoaded === undefined) return '';
  if (!model.isLoaded) return l10n.t('no');
  if (model.expiresAt === undefined || model.expiresAt <= now) return l10n.t('yes');
  return l10n.t('yes, unloaded in {0} when unused', formatAge(l10n, model.expiresAt - now));
}

function ago(l10n: Localizer, ageMs: number): string {
  return l10n.t('{0} ago', formatAge(l10n, ageMs));
}

function bytes(l10n: Localizer, value: number | undefined): string {
  return value === undefined ? '' : formatBytes(value, l10n.language);
}

function count(l10n: Localizer, value: number | undefined): string {
  return value === undefined ? '' : formatCount(value, l10n.language);
}

function tokens(l10n: Localizer, value: number | undefined): string {
  if (value === undefined) return '';
  const exact = formatCount(value, l10n.language);
  return value < 1000 ? l10n.t('{0} tokens', exact) : l10n.t('{0} ({1} tokens)', formatTokens(value), exact);
}
