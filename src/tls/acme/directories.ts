import { directory } from 'acme-client';
import type { acmeDirectoryNames } from '../../core/tls';

const known: Readonly<Record<(typeof acmeDirectoryNames)[number], string>> = {
  letsencrypt: directory.letsencrypt.production,
  'letsencrypt-staging': directory.letsencrypt.staging,
};

/** The URL of a directory given by its name or by itself. */
export function directoryUrl(nameOrUrl: string): string {
  return Object.hasOwn(known, nameOrUrl) ? known[nameOrUrl as keyof typeof known] : nameOrUrl;
}
