import type { CommandHandler } from '../command-services';
import { withProgress } from '../progress';

/** Looks at every address again, whatever the cache says. */
export const refreshEngines: CommandHandler = async ({ gateway, l10n }) => {
  await withProgress(l10n.t('Looking for engines'), gateway.request('engines/refresh', {}));
};
