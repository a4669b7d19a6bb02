import type { ApiKey, KeyScope } from '../../core/api-key';
import type { MachineAddress } from '../../core/exposure';
import type { Share } from '../../core/share';
import { keyAddresses } from '../../core/share-audience';
import { normalizeScope } from '../../security/api-keys/key-scope';

/** What the key of a share may do, given the networks this machine is in. */
export function shareScope(
  { audience, limits }: Pick<Share, 'audience' | 'limits'>,
  machine: readonly MachineAddress[],
): KeyScope {
  const addresses = keyAddresses(audience, machine);
  return { ...limits, ...(addresses === undefined ? {} : { addresses }) };
}

/** Whether a key is what its share wants it to be. */
export function isKeyOf(share: Share, key: ApiKey, scope: KeyScope): boolean {
  return key.label === share.label && key.expiresAt === share.expiresAt && isSame(key.scope, normalizeScope(scope));
}

/** Equal as JSON, whatever the order of members. */
export function isSame(a: object, b: object): boolean {
  const sorted = (value: object) => JSON.stringify(Object.entries(value).sort(([x], [y]) => x.localeCompare(y)));
  return sorted(a) === sorted(b);
}
