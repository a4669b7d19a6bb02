import type { CommandHandler } from '../../command-services';
import { answered } from '../../input/questions';
import { labelProblem } from '../../keys/key-checks';
import { withProgress } from '../../progress';
import { showCreatedKey } from './show-created-key';

/** A key that opens nothing and raises an alarm when somebody uses it. */
export const createDecoyKey: CommandHandler = async (services) => {
  const { gateway, l10n, input, keyList } = services;
  const label = answered(
    await input.text({
      title: l10n.t('Create a Decoy Key'),
      prompt: l10n.t('Where will you leave it? The alarm names this place.'),
      placeHolder: l10n.t('old .env file on the web server'),
      validate: (text) => labelProblem(l10n, text),
    }),
  );
  const request = gateway.request('keys/create', { label: label.trim(), kind: 'decoy' });
  const created = await withProgress(l10n.t('Creating the key'), request);
  showCreatedKey(services, created);
  await keyList.refresh();
};
