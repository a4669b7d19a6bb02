import type { ContextKeys } from '../contributions';
import { formatCount, formatModels } from '../format';
import type { GatewayStatus } from '../gateway-port';
import { localizeReason, type Localizer } from '../localizer';
import { plainText } from '../safe-text';
import { visibleModels } from './model-nodes';
import type { TreeOptions } from './tree-options';

/** Which welcome text stands in for the rows. `ready` when there are rows, or none are missing. */
export function viewState(
  status: GatewayStatus,
  rowCount: number,
  options: TreeOptions,
  detects: boolean,
): ContextKeys['flm.viewState'] {
  if (status.phase === 'incompatible') return 'incompatible';
  if (status.phase === 'failed' && rowCount === 0) return 'failed';
  if (rowCount > 0) return 'ready';
  if (status.phase === 'idle') return 'idle';
  const engines = status.state?.engines;
  if (engines === undefined || engines.scannedAt === undefined) return 'scanning';
  if (options.filter !== '') return 'noMatch';
  return detects ? 'empty' : 'detectOff';
}

/** The line above the rows: what the reader should know about the whole list. Undefined: nothing. */
export function viewMessage(l10n: Localizer, status: GatewayStatus, options: TreeOptions): string | undefined {
  const lines: string[] = [];
  if (status.phase === 'failed' && status.reason !== undefined) lines.push(localizeReason(l10n, status.reason));
  if (options.filter !== '') lines.push(filterLine(l10n, status, options));
  const problem = status.state?.configProblems[0];
  if (problem !== undefined) {
    const more = (status.state?.configProblems.length ?? 1) - 1;
    const text = l10n.t('Setting {0} is not used: {1}.', plainText(problem.key), plainText(problem.message));
    lines.push(more > 0 ? `${text} ${l10n.t('{0} more in the log.', more)}` : text);
  }
  return lines.length === 0 ? undefined : lines.join('\n');
}

function filterLine(l10n: Localizer, status: GatewayStatus, options: TreeOptions): string {
  const engines = (status.state?.engines.engines ?? []).filter((engine) => !options.hidden.includes(engine.id));
  const all = engines.reduce((sum, engine) => sum + engine.models.length, 0);
  const matching = engines.reduce((sum, engine) => sum + visibleModels(engine, options).length, 0);
  const count = (value: number) => formatCount(value, l10n.language);
  return l10n.t('Filter “{0}”: {1} of {2}', plainText(options.filter), count(matching), formatModels(l10n, all));
}
