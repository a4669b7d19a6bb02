import type { Block } from '../../../core/block';
import type { CommandHandler, CommandServices } from '../../command-services';
import { allowFacts, blockFacts } from '../../blocks/block-facts';
import { confirm } from '../../copy';
import { formatCount, separator } from '../../format';
import { answered, confirmed } from '../../input/questions';
import type { Choice } from '../../input/step-input';
import { messageText, plainText } from '../../safe-text';
import { allowAlways, blockAddress, copyBlockedAddress, extendBlock, unblock } from './change-block';
import { blockChoices } from './pick-block';

/** Everybody who is blocked; choosing one leads to what can be done. */
export const manageBlocks: CommandHandler = async (services) => {
  const { gateway, l10n, input, clock } = services;
  const { blocks } = await gateway.request('blocks/list', {});
  const now = clock.now();
  const choices: Choice<Block | CommandHandler>[] = [
    { label: `$(add) ${l10n.t('Block an Address…')}`, value: blockAddress },
    { label: `$(check) ${l10n.t('Allowlist…')}`, value: manageAllowlist },
    ...blockChoices(services, blocks, now),
  ];
  const title = l10n.t('Blocklist');
  const placeHolder =
    blocks.length === 0 ? l10n.t('Nobody is blocked.') : l10n.t('Choose an address to see what can be done');
  const chosen = answered(await input.pick({ title, placeHolder, choices }));
  if (typeof chosen === 'function') await chosen(services);
  else await actOn(services, chosen, now);
};

async function actOn(services: CommandServices, block: Block, now: number): Promise<void> {
  const { l10n, input } = services;
  const choices: Choice<CommandHandler>[] = [
    { label: `$(circle-slash) ${l10n.t('Unblock')}`, value: unblock },
    {
      label: `$(check) ${l10n.t('Allow Always')}`,
      detail: l10n.t('Never block or limit this address again'),
      value: allowAlways,
    },
    { label: `$(history) ${l10n.t('Change the Length…')}`, value: extendBlock },
    { label: `$(copy) ${l10n.t('Copy the Address')}`, value: copyBlockedAddress },
  ];
  const placeHolder = messageText(blockFacts(l10n, block, now).join(separator));
  const command = answered(await input.pick({ title: messageText(block.range), placeHolder, choices }));
  await command(services, block.range);
}

/** Who is never blocked or limited; choosing an entry takes it off the list. */
export const manageAllowlist: CommandHandler = async (services) => {
  const { gateway, l10n, input, clock } = services;
  const { allowed } = await gateway.request('blocks/list', {});
  const now = clock.now();
  const choices: Choice<string | undefined>[] = [
    { label: `$(add) ${l10n.t('Always Allow an Address…')}`, value: undefined },
    ...allowed.map((entry) => ({
      label: messageText(entry.range),
      description: messageText(allowFacts(l10n, entry, now).join(separator)),
      value: entry.range,
    })),
  ];
  const title = l10n.t('Allowlist');
  const placeHolder = allowed.length === 0 ? l10n.t('The allowlist is empty.') : l10n.t('Choose an entry to remove it');
  const range = answered(await input.pick({ title, placeHolder, choices }));
  if (range === undefined) return allowAlways(services);
  const question = l10n.t('Remove {0} from the allowlist? It can be blocked and limited again.', messageText(range));
  await confirmed(input, question, l10n.t('Remove {0}', messageText(range)), l10n.t('Keep It'));
  await gateway.request('allow/remove', { range });
  confirm(l10n.t('{0} removed from the allowlist', plainText(range)));
};

/** Lifts every block that would end by itself. */
export const clearTemporaryBlocks: CommandHandler = async ({ gateway, l10n, input }) => {
  const { blocks } = await gateway.request('blocks/list', {});
  const count = blocks.filter(({ expiresAt }) => expiresAt !== undefined).length;
  if (count === 0) {
    confirm(l10n.t('There is no temporary block.'));
    return;
  }
  const question = l10n.t('Lift all temporary blocks ({0})?', formatCount(count, l10n.language));
  await confirmed(input, question, l10n.t('Lift Them'), l10n.t('Keep Them'));
  const lifted = await gateway.request('blocks/clearTemporary', {});
  confirm(l10n.t('{0} blocks lifted', formatCount(lifted, l10n.language)));
};

/** Brings the list of who is blocked to front; from then on nothing is unseen. */
export const showBlocks: CommandHandler = ({ sharing }) => sharing.show();
