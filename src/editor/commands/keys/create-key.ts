import type { CommandHandler } from '../../command-services';
import { askForKey } from '../../keys/create-key-steps';
import { modelOptions } from '../../keys/model-options';
import { withProgress } from '../../progress';
import { showCreatedKey } from './show-created-key';

/** Asks what the key may do, makes it, and shows it once. */
export const createKey: CommandHandler = async (services) => {
  const { gateway, l10n, input, clock, keyList } = services;
  await keyList.refresh();
  const params = await askForKey({
    input,
    l10n,
    now: clock.now(),
    models: modelOptions(l10n, gateway.status.state?.engines.engines ?? []),
    labels: keyList.known.keys.filter((key) => key.revokedAt === undefined).map(({ label }) => label),
  });
  const created = await withProgress(l10n.t('Creating the key'), gateway.request('keys/create', params));
  showCreatedKey(services, created);
  await keyList.refresh();
};
