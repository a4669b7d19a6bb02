import type { TlsPolicy } from '../../core/tls';

/** https://letsencrypt.org/docs/acme-protocol-updates/ and /docs/staging-environment/ */
const known: Readonly<Record<string, string>> = {
  letsencrypt: 'https://acme-v02.api.letsencrypt.org/directory',
  'letsencrypt-staging': 'https://acme-staging-v02.api.letsencrypt.org/directory',
};

/** Where the ACME server of the policy is asked; undefined where there is none, or it may not be asked yet. */
export function acmeDirectoryUrl({ mode, acme_directory, acme_terms }: TlsPolicy): string | undefined {
  if (mode !== 'acme' || acme_terms !== true) return undefined;
  const name = acme_directory ?? 'letsencrypt';
  const url = known[name] ?? name;
  return url.startsWith('https://') && URL.canParse(url) ? url : undefined;
}
