import type { Endpoint } from '../../../core/exposure';
import type { CommandHandler } from '../../command-services';
import { copyToClipboard } from '../../copy';
import { endpointForClients } from '../../endpoint';
import { endpointChoices } from '../../exposure/endpoint-choices';
import { answered } from '../../input/questions';

/** Any of the addresses under which the proxy answers, this machine's and those for others. */
export const copyAddress: CommandHandler = async (services) => {
  const { gateway, l10n, input } = services;
  const endpoints = gateway.status.state?.sharing.endpoints ?? [];
  const url = endpoints.length < 2 ? await endpointForClients(services) : await pick(endpoints);
  await copyToClipboard(url, l10n.t('Address copied: {0}', url));

  async function pick(known: readonly Endpoint[]): Promise<string> {
    const title = l10n.t('Copy Address');
    const placeHolder = l10n.t('Which address?');
    return answered(await input.pick({ title, placeHolder, choices: endpointChoices(l10n, known) }));
  }
};
