import type { CommandHandler } from '../../command-services';
import { modelOptions } from '../../keys/model-options';
import { withProgress } from '../../progress';
import { encryptionOf, paramsOf } from '../../shares/share-draft';
import { askForShare } from '../../shares/share-steps';
import { requireTrust } from '../../workspace-trust';
import { prepareShare } from './prepare-share';
import { showCreatedShare } from './show-created-share';

/** One wizard: who, what, how much, until when; a summary to agree to; what to send over. */
export const createShare: CommandHandler = async (services) => {
  const { gateway, l10n, input, clock, keyList } = services;
  requireTrust(l10n);
  const machine = await gateway.request('exposure/addresses', {});
  const state = gateway.status.state;
  const isUnencrypted = (state?.sharing.tls.mode ?? 'off') === 'off';
  const now = clock.now();
  const models = modelOptions(l10n, state?.engines.engines ?? []);
  const draft = await askForShare({ input, l10n, now, models, machine, isUnencrypted });
  const params = paramsOf(draft, now);
  await prepareShare(services, { params, machine, encryption: encryptionOf(draft, isUnencrypted) });
  const created = await withProgress(l10n.t('Creating the share'), gateway.request('shares/create', params));
  await showCreatedShare(services, created);
  await keyList.refresh();
};
