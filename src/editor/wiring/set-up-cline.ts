import type { CommandServices } from '../command-services';
import { copyToClipboard } from '../copy';
import { answered } from '../input/questions';
import type { Choice } from '../input/step-input';
import { createToolKey } from '../tool-key';
import { clinePage } from './cline-page';
import { setupFor } from './set-up-file';
import { toolNames } from './tools';

/** Shows what to enter into Cline and offers each value to copy until the user is done. */
export async function setUpCline(services: CommandServices): Promise<void> {
  const { gateway, input, l10n, reports } = services;
  const { endpoint, models } = await setupFor(services);
  const model = answered(
    await input.pick({
      title: l10n.t('Set Up {0}', toolNames.cline),
      placeHolder: l10n.t('Model that Cline is to use'),
      // Cline needs tool calls: models that make them first.
      choices: [...models]
        .sort((a, b) => Number(b.callsTools) - Number(a.callsTools))
        .map((choice) => ({ label: choice.name, description: choice.id, value: choice })),
    }),
  );
  const { secret } = await createToolKey(gateway, toolNames.cline);
  await reports.show(l10n.t('Cline with FLM'), clinePage(l10n, endpoint, model));
  const choices: Choice<string | undefined>[] = [
    { label: l10n.t('Copy the API Key'), value: secret },
    { label: l10n.t('Copy the Base URL'), description: endpoint, value: endpoint },
    { label: l10n.t('Copy the Model ID'), description: model.id, value: model.id },
    { label: l10n.t('Done'), value: undefined },
  ];
  for (;;) {
    const value = answered(
      await input.pick({
        title: l10n.t('Set Up {0}', toolNames.cline),
        placeHolder: l10n.t('The key cannot be shown again once this list is closed.'),
        choices,
      }),
    );
    if (value === undefined) return;
    await copyToClipboard(value, l10n.t('Copied'));
  }
}
