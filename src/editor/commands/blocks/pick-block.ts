import type { Block } from '../../../core/block';
import { FlmError } from '../../../core/errors';
import { activeBlocks, blockFacts, blockReason, sortBlocks } from '../../blocks/block-facts';
import type { CommandServices } from '../../command-services';
import { separator } from '../../format';
import { answered } from '../../input/questions';
import type { Choice } from '../../input/step-input';
import { messageText } from '../../safe-text';

/** The block a command is about: the row or range it was called with, else the user's choice. */
export async function pickBlock(services: CommandServices, argument: unknown, title: string): Promise<Block> {
  const { gateway, l10n, input, clock } = services;
  const range = rangeOf(argument);
  const { blocks } = await gateway.request('blocks/list', {});
  const named = blocks.find((block) => block.range === range);
  if (named !== undefined) return named;
  if (range !== undefined) throw new FlmError('not_found', l10n.t('{0} is not blocked any more.', messageText(range)));
  const choices = blockChoices(services, blocks, clock.now());
  if (choices.length === 0) throw new FlmError('not_found', l10n.t('Nobody is blocked.'));
  return answered(await input.pick({ title, placeHolder: title, choices }));
}

/** Blocks as choices, with reason and remaining time. */
export function blockChoices({ l10n }: CommandServices, blocks: readonly Block[], now: number): Choice<Block>[] {
  return sortBlocks(activeBlocks(blocks, now)).map((block) => ({
    label: messageText(block.range),
    description: messageText(blockFacts(l10n, block, now).join(separator)),
    detail: messageText(blockReason(l10n, block)),
    value: block,
  }));
}

/** Rows of the sharing view, and ranges from toasts and anybody who calls a command. */
export function rangeOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  const node: unknown = (argument as { node?: unknown } | undefined)?.node;
  return (node as { block?: Partial<Block> } | undefined)?.block?.range;
}
