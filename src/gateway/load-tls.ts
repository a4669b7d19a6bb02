import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CertificateKeeper } from '../core/tls';
import type { createCertificateKeeper } from '../tls/main';

type TlsBundle = { readonly createCertificateKeeper: typeof createCertificateKeeper };

/**
 * Loads `dist/tls.js`, which lies beside this bundle, and makes its keeper. Megabytes that most gateways never need:
 * called only once a certificate is wanted.
 */
export async function loadTls(deps: Parameters<typeof createCertificateKeeper>[0]): Promise<CertificateKeeper> {
  const path = pathToFileURL(join(__dirname, 'tls.js')).href;
  const bundle = (await import(path)) as TlsBundle;
  return bundle.createCertificateKeeper(deps);
}
