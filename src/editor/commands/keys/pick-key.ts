import type { ApiKey } from '../../../core/api-key';
import { FlmError } from '../../../core/errors';
import type { CommandServices } from '../../command-services';
import { separator } from '../../format';
import { answered } from '../../input/questions';
import { keyFacts, keyLabel, keyStanding, publicPart, sortKeys } from '../../keys/key-facts';
import { messageText } from '../../safe-text';

/** The key a command is about: the row or id it was called with, else the user's choice among those that fit. */
export async function pickKey(
  services: CommandServices,
  argument: unknown,
  title: string,
  fits: (key: ApiKey, now: number) => boolean = () => true,
): Promise<ApiKey> {
  const { keyList, l10n, input, clock } = services;
  await keyList.refresh();
  const { keys } = keyList.known;
  const id = keyIdOf(argument);
  const named = keys.find((key) => key.id === id);
  if (named !== undefined) return named;
  const now = clock.now();
  // The key of a share is changed, renewed and revoked through its share.
  const candidates = sortKeys(keys, now).filter((key) => key.shareId === undefined && fits(key, now));
  if (candidates.length === 0) throw new FlmError('not_found', l10n.t('There is no API key to choose from.'));
  const choices = candidates.map((key) => ({
    label: messageText(keyLabel(key)),
    description: messageText(keyFacts(l10n, key, now).join(separator)),
    detail: publicPart(key),
    value: key,
  }));
  return answered(await input.pick({ title, placeHolder: title, choices }));
}

/** Not revoked: what can still be changed. An expired key can be given more time. */
export function isLiving(key: ApiKey, now: number): boolean {
  return keyStanding(key, now) !== 'revoked';
}

/** Rows of the sharing view, and ids from anybody who calls a command. */
function keyIdOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  const node: unknown = (argument as { node?: unknown } | undefined)?.node;
  return (node as { key?: Partial<ApiKey> } | undefined)?.key?.id;
}
