import { engineStates, isUsable, type Engine, type EngineState } from '../../core/engine';
import { formatAge, formatCount, formatModels, separator } from '../format';
import type { Localizer } from '../localizer';
import { plainText } from '../safe-text';
import { visibleModels } from './model-nodes';
import { contextValue, type ActionNode, type EngineNode, type NodeIcon } from './tree-node';
import { filterWords, type TreeOptions } from './tree-options';

/** Up to this many models a running engine is shown open. */
const openUpTo = 50;

/** Running first, then loading, problems, installed. Ties: by name, then by address. */
const stateOrder: Record<EngineState, number> = {
  healthy: 0,
  degraded: 0,
  loading: 1,
  'needs-key': 2,
  'api-error': 2,
  'network-error': 2,
  installed: 3,
};

const stateIcons: Record<EngineState, NodeIcon> = {
  healthy: { id: 'circle-filled', color: 'charts.green' },
  degraded: { id: 'circle-filled', color: 'charts.yellow' },
  loading: { id: 'loading~spin' },
  'needs-key': { id: 'key', color: 'list.warningForeground' },
  'api-error': { id: 'warning', color: 'list.warningForeground' },
  'network-error': { id: 'error', color: 'list.errorForeground' },
  installed: { id: 'circle', color: 'disabledForeground' },
};

/** The top level of the tree: engines in order, hidden ones last and on demand, then ways on when none runs. */
export function engineNodes(
  l10n: Localizer,
  engines: readonly Engine[],
  options: TreeOptions,
): (EngineNode | ActionNode)[] {
  const hidden = new Set(options.hidden);
  const shown = engines
    .filter((engine) => !hidden.has(engine.id))
    .filter((engine) => filterWords(options.filter).length === 0 || visibleModels(engine, options).length > 0);
  const rows: (EngineNode | ActionNode)[] = sortEngines(shown).map((engine) => engineNode(l10n, engine, options));
  if (rows.length > 0 && shown.every((engine) => engine.state === 'installed')) rows.push(...waysOn(l10n));
  if (!options.showsHidden) return rows;
  return [...rows, ...options.hidden.map((id) => hiddenNode(l10n, id, engines))];
}

export function sortEngines(engines: readonly Engine[]): readonly Engine[] {
  const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
  return [...engines].sort(
    (a, b) =>
      stateOrder[a.state] - stateOrder[b.state] ||
      engineStates.indexOf(a.state) - engineStates.indexOf(b.state) ||
      collator.compare(a.name, b.name) ||
      collator.compare(a.baseUrl, b.baseUrl),
  );
}

export function engineNode(l10n: Localizer, engine: Engine, options: TreeOptions): EngineNode {
  const label = plainText(engine.name) || engine.id;
  const description = engineFacts(l10n, engine, options.now).join(separator);
  const matching = options.filter === '' ? engine.models.length : visibleModels(engine, options).length;
  return {
    kind: 'engine',
    // A row whose id changes is new to VS Code, so filtering may open it without touching how it was left.
    id: `engine:${engine.id}${options.filter === '' ? '' : ':filtered'}`,
    label,
    description,
    icon: engine.isStale ? { ...stateIcons[engine.state], color: 'disabledForeground' } : stateIcons[engine.state],
    contextValue: contextValue(
      'engine',
      `state=${engine.state}`,
      `source=${engine.source}`,
      engine.baseUrl !== '' && 'address',
      engine.startCommand !== undefined && 'startable',
      isUsable(engine.state) && 'usable',
    ),
    expansion: matching === 0 ? 'none' : options.filter !== '' || opensItself(engine) ? 'expanded' : 'collapsed',
    accessibilityLabel: [
      l10n.t('Engine {0}', label),
      stateLabel(l10n, engine.state),
      formatModels(l10n, engine.models.length),
      description,
    ].join(', '),
    engine,
    isHidden: false,
  };
}

function opensItself(engine: Engine): boolean {
  return isUsable(engine.state) && engine.models.length <= openUpTo;
}

/** `127.0.0.1:11434 · 0.32.15 · 12 ms`, or the state where there is something to say about it. */
export function engineFacts(l10n: Localizer, engine: Engine, now: number): string[] {
  const state = engine.state;
  const facts = [
    plainText(engine.baseUrl.replace(/^http:\/\//, '')),
    // The demo engine's version says nothing.
    (state === 'healthy' || state === 'degraded') && engine.source !== 'demo' ? plainText(engine.version ?? '') : '',
    state === 'healthy' || state === 'degraded' ? latency(l10n, engine) : '',
    state === 'healthy' ? '' : stateLabel(l10n, state),
    engine.source === 'demo' ? l10n.t('demo') : '',
    engine.isStale ? cachedLabel(l10n, engine, now) : '',
  ];
  return facts.filter((fact) => fact !== '');
}

function latency(l10n: Localizer, engine: Engine): string {
  // The latency of a cached state is that of another day.
  if (engine.latencyMs === undefined || engine.isStale) return '';
  return l10n.t('{0} ms', formatCount(Math.max(1, Math.round(engine.latencyMs)), l10n.language));
}

function cachedLabel(l10n: Localizer, engine: Engine, now: number): string {
  if (engine.checkedAt === undefined) return l10n.t('cached');
  return l10n.t('cached, {0} old', formatAge(l10n, now - engine.checkedAt));
}

export function stateLabel(l10n: Localizer, state: EngineState): string {
  const labels: Record<EngineState, string> = {
    healthy: l10n.t('running'),
    degraded: l10n.t('slow'),
    loading: l10n.t('loading'),
    'needs-key': l10n.t('needs a key'),
    'api-error': l10n.t('unexpected answers'),
    'network-error': l10n.t('not reachable'),
    installed: l10n.t('installed, not running'),
  };
  return labels[state];
}

/** The gateway need not know a hidden engine any more; its id is what can be un-hidden. */
function hiddenNode(l10n: Localizer, id: string, engines: readonly Engine[]): EngineNode {
  const known = engines.find((engine) => engine.id === id);
  const label = plainText(known?.name ?? id) || '?';
  const description = l10n.t('hidden');
  return {
    kind: 'engine',
    id: `hidden:${id}`,
    label,
    description,
    icon: { id: 'eye-closed', color: 'disabledForeground' },
    contextValue: contextValue('engine', 'hidden'),
    expansion: 'none',
    accessibilityLabel: [l10n.t('Engine {0}', label), description].join(', '),
    engine: known ?? placeholder(id),
    isHidden: true,
  };
}

function placeholder(id: string): Engine {
  return {
    id,
    kind: 'openai',
    name: id,
    baseUrl: '',
    source: 'configured',
    state: 'installed',
    reason: { code: 'engine.stopped', args: [] },
    since: 0,
    failures: 0,
    models: [],
    isStale: false,
    isRemote: false,
  };
}

/** Rows below engines that are installed but do not run: the welcome view is not shown then. */
function waysOn(l10n: Localizer): ActionNode[] {
  return [
    action('flm.engines.add', 'add', l10n.t('Add an Engine by Address…')),
    action('flm.demo.start', 'beaker', l10n.t('Try the Demo Engine')),
  ];
}

function action(command: ActionNode['command'], icon: string, label: string): ActionNode {
  return {
    kind: 'action',
    id: `action:${command}`,
    label,
    icon: { id: icon },
    contextValue: contextValue('action'),
    expansion: 'none',
    accessibilityLabel: label,
    command,
    args: [],
  };
}
