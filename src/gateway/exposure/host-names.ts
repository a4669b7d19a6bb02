import { existsSync } from 'node:fs';
import { hostname } from 'node:os';

/** There while Avahi answers multicast DNS for this machine; macOS and Windows 10 always do. */
const avahiSocket = '/run/avahi-daemon/socket';

/** Names of this machine in its networks: those to tell people, and further ones that clients may come by. */
export interface HostNames {
  readonly told: readonly string[];
  readonly accepted: readonly string[];
}

/**
 * What this machine is called: its host name, the short one and `NAME.local` (RFC 6762). The last is told to people
 * only where something answers for it.
 */
export function hostNames(
  name: string = hostname(),
  platform: NodeJS.Platform = process.platform,
  hasAvahi: () => boolean = () => existsSync(avahiSocket),
): HostNames {
  const full = name.toLowerCase().replace(/\.$/, '');
  if (!/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(full) || /^(localhost|[\d.]+)$/.test(full)) {
    return { told: [], accepted: [] };
  }
  const short = full.split('.')[0] ?? full;
  const local = `${short}.local`;
  const accepted = [...new Set([full, short, local])];
  const answersLocal = platform === 'darwin' || platform === 'win32' || hasAvahi();
  const told = accepted.filter((one) => (one === local ? answersLocal : one === full));
  return { told, accepted };
}
