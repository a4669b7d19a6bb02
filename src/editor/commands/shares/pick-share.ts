import { FlmError } from '../../../core/errors';
import type { ShareView } from '../../../core/share';
import type { CommandServices } from '../../command-services';
import { separator } from '../../format';
import { answered } from '../../input/questions';
import { messageText } from '../../safe-text';
import { shareFacts, shareLabel } from '../../shares/share-facts';

/** The running share a command is about: the row or id it was called with, else the user's choice. */
export async function pickShare(services: CommandServices, argument: unknown, title: string): Promise<ShareView> {
  const { gateway, l10n, input, clock } = services;
  const shares = await gateway.request('shares/list', { ended: false });
  const id = shareIdOf(argument);
  const named = shares.find((share) => share.id === id);
  if (named !== undefined) return named;
  if (id !== undefined) throw new FlmError('not_found', l10n.t('This share has ended.'));
  if (shares.length === 0) throw new FlmError('not_found', l10n.t('Nothing is shared.'));
  const now = clock.now();
  const choices = shares.map((share) => ({
    label: messageText(shareLabel(share)),
    description: messageText(shareFacts(l10n, share, now).join(separator)),
    value: share,
  }));
  return answered(await input.pick({ title, placeHolder: title, choices }));
}

/** Rows of the sharing view, and ids from anybody who calls a command. */
function shareIdOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  const node: unknown = (argument as { node?: unknown } | undefined)?.node;
  return (node as { share?: Partial<ShareView> } | undefined)?.share?.id;
}
