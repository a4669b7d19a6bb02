import type { PolicySetResult } from '../../protocol/security-rpc';
import type { Localizer } from '../localizer';
import { plainText } from '../safe-text';

type Problems = Extract<PolicySetResult, { ok: false }>['problems'];

/** Problems named in one message; the others are counted. */
const shown = 3;

/** What people look for first comes first; the gateway's own order is that of its defaults. */
const leading = ['version', 'mode', 'services', 'allowlist', 'trustedProxies', 'corsOrigins', 'requireKeyOnLoopback'];

/** The policy as people edit it. */
export function policyText(policy: unknown): string {
  const members = Object.entries(policy as Record<string, unknown>);
  const place = ([name]: [string, unknown]) => (leading.includes(name) ? leading.indexOf(name) : leading.length);
  const ordered = members.sort((a, b) => place(a) - place(b));
  return `${JSON.stringify(Object.fromEntries(ordered), null, 2)}\n`;
}

/** Reads an edited document. Comments and trailing commas are no JSON and are told as such. */
export function readPolicyText(
  l10n: Localizer,
  text: string,
): { readonly ok: true; readonly policy: unknown } | { readonly ok: false; readonly message: string } {
  try {
    return { ok: true, policy: JSON.parse(text.replace(/^\ufeff/, '')) as unknown };
  } catch (error) {
    const why = error instanceof Error ? plainText(error.message) : '';
    return { ok: false, message: l10n.t('The policy is not valid JSON, so nothing was changed: {0}', why) };
  }
}

/** Why a policy was refused: every bad field by name, as many as fit into a message. */
export function problemsText(l10n: Localizer, problems: Problems): string {
  const named = problems.slice(0, shown).map(({ field, message }) => {
    const name = plainText(field) || l10n.t('document');
    return `${name} ${plainText(message)}`;
  });
  const more = problems.length - named.length;
  const list = more > 0 ? [...named, l10n.t('{0} more', more)] : named;
  return l10n.t('The policy cannot be used, so nothing was changed: {0}', list.join('; '));
}
