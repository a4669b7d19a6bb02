import type { CommandHandler } from '../command-services';
import { confirm } from '../copy';
import { withProgress } from '../progress';

/** An engine with canned answers, to try everything without a model. */
export const startDemo: CommandHandler = async ({ gateway, l10n, view }) => {
  await withProgress(l10n.t('Starting the demo engine'), gateway.request('demo/start', {}));
  confirm(l10n.t('Demo engine started'));
  const demo = gateway.status.state?.engines.engines.find((engine) => engine.source === 'demo');
  await view.reveal(demo?.id ?? '');
};

export const stopDemo: CommandHandler = async ({ gateway, l10n }) => {
  if (gateway.status.phase === 'idle') return;
  await gateway.request('demo/stop', {});
  confirm(l10n.t('Demo engine stopped'));
};
