import { FlmError, messageOf, type ErrorCode } from '../core/errors';
import type { Localizer } from './localizer';
import { messageText } from './safe-text';

/** A mistake in what was asked for, whose message says what it is: nothing that could be looked up. */
const plainCodes: ReadonlySet<ErrorCode> = new Set([
  'not_found',
  'invalid_request',
  'config_invalid',
  'body_too_large',
]);

/** What a failed command says to the user. Undefined: nothing, because the user cancelled it. */
export function errorText(l10n: Localizer, error: unknown): string | undefined {
  if (FlmError.is(error, 'cancelled')) return undefined;
  const message = messageText(messageOf(error));
  if (!FlmError.is(error)) return l10n.t('FLM could not do that: {0}', message);
  if (plainCodes.has(error.code)) return message;
  return knownText(l10n, error.code) ?? l10n.t('FLM could not do that ({0}): {1}', error.code, message);
}

/** Sentences for the codes a command can meet; for the others the gateway's own words are more exact. */
function knownText(l10n: Localizer, code: ErrorCode): string | undefined {
  const texts: Partial<Record<ErrorCode, string>> = {
    version_mismatch: l10n.t('Another window runs a different version of FLM. Reload this window and try again.'),
    gateway_stopping: l10n.t('The gateway is stopping. Try again in a moment.'),
    exposure_refused: l10n.t('Sharing beyond this machine needs at least one API key, so FLM refused it.'),
  };
  return texts[code];
}
