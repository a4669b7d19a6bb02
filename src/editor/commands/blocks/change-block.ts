import type { CommandHandler } from '../../command-services';
import { askForBlock, lengthChoices } from '../../blocks/block-steps';
import { readRange, blockProblem, rangeProblem } from '../../blocks/range-checks';
import { FlmError } from '../../../core/errors';
import { confirm, copyToClipboard } from '../../copy';
import { answered } from '../../input/questions';
import { messageText, plainText } from '../../safe-text';
import { pickBlock, rangeOf } from './pick-block';

/** Blocks an address or range by hand; a valid key does not help against it. */
export const blockAddress: CommandHandler = async ({ gateway, l10n, input, clock }, argument) => {
  const range = rangeOf(argument);
  const problem = range === undefined ? undefined : blockProblem(l10n, range);
  if (problem !== undefined) throw new FlmError('invalid_request', problem);
  const params = await askForBlock({ input, l10n, now: clock.now(), ...(range !== undefined && { range }) });
  const block = await gateway.request('blocks/add', params);
  confirm(l10n.t('{0} blocked', plainText(block.range)));
};

/** Lifts a block; what was held against the address is forgotten, too. */
export const unblock: CommandHandler = async (services, argument) => {
  const { gateway, l10n } = services;
  const { range } = await pickBlock(services, argument, l10n.t('Whom to unblock?'));
  await gateway.request('blocks/remove', { range });
  confirm(l10n.t('{0} unblocked', plainText(range)));
};

/** Makes a block shorter, longer or permanent; whoever made it and why stay. */
export const extendBlock: CommandHandler = async (services, argument) => {
  const { gateway, l10n, input, clock } = services;
  const block = await pickBlock(services, argument, l10n.t('Block whose length to change'));
  const minutes = answered(
    await input.pick({
      title: l10n.t('Block of {0}', messageText(block.range)),
      placeHolder: l10n.t('How long from now on?'),
      choices: lengthChoices(l10n, undefined),
    }),
  );
  await gateway.request('blocks/change', {
    range: block.range,
    expiresAt: minutes === undefined ? null : clock.now() + minutes * 60_000,
  });
  confirm(l10n.t('{0} blocked', plainText(block.range)));
};

export const copyBlockedAddress: CommandHandler = async (services, argument) => {
  const { l10n } = services;
  const { range } = await pickBlock(services, argument, l10n.t('Address to copy'));
  await copyToClipboard(range, l10n.t('Address copied: {0}', plainText(range)));
};

/** Puts an address on the allowlist, which wins over every block, and lifts the one it has. */
export const allowAlways: CommandHandler = async ({ gateway, l10n, input }, argument) => {
  const given = rangeOf(argument);
  const text =
    given ??
    answered(
      await input.text({
        title: l10n.t('Always Allow an Address'),
        prompt: l10n.t('Address or range that is never blocked or limited'),
        placeHolder: '192.168.1.20, 192.168.1.0/24',
        validate: (value) => rangeProblem(l10n, value),
      }),
    );
  const range = readRange(text)?.text;
  if (range === undefined) throw new FlmError('invalid_request', rangeProblem(l10n, text) ?? text);
  const entry = await gateway.request('allow/add', { range });
  await gateway.request('blocks/remove', { range });
  confirm(l10n.t('{0} is always allowed', plainText(entry.range)));
};
