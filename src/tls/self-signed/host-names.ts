import { hostname } from 'node:os';

/** Names under which other machines may know this one: its host name, short, and by multicast DNS (RFC 6762). */
export function machineHostNames(): readonly string[] {
  const full = hostname();
  const short = full.split('.')[0] ?? '';
  return short === '' ? [] : [full, short, `${short}.local`];
}
