import type { CommandHandler } from '../command-services';
import { copyToClipboard } from '../copy';
import { endpointForClients } from '../endpoint';

/** The base URL for OpenAI clients: `http://127.0.0.1:11435/v1`. */
export const copyEndpoint: CommandHandler = async (services) => {
  const endpoint = await endpointForClients(services);
  await copyToClipboard(endpoint, services.l10n.t('Endpoint copied: {0}', endpoint));
};
