import { canonicalModelId } from '../../core/model-id';
import type { CommandHandler } from '../command-services';
import { copyToClipboard } from '../copy';
import { pickModel } from '../picks';
import { plainText } from '../safe-text';

/** The id under which the proxy offers the model: `ollama/llama3.2:3b`. */
export const copyModelId: CommandHandler = async (services, argument) => {
  const { engine, model } = await pickModel(services, argument, services.l10n.t('Model whose ID to copy'));
  const id = canonicalModelId(engine.id, model.id);
  await copyToClipboard(id, services.l10n.t('Model ID copied: {0}', plainText(id)));
};
