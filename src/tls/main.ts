import type { CertificateKeeper } from '../core/tls';
import type { KeeperDeps } from './keeper-deps';
import { Keeper } from './keeper';

/** Entry of `dist/tls.js`, which the gateway loads when a certificate is wanted. Nothing happens before `start`. */
export function createCertificateKeeper(deps: KeeperDeps): CertificateKeeper {
  return new Keeper(deps);
}
