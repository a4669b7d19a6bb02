import type { FirewallSystem } from './firewall-plan';

/** What detection may ask of the machine that the extension runs on. Neither call rejects. */
export interface FirewallHost {
  readonly platform: NodeJS.Platform;
  exists(path: string): Promise<boolean>;
  /** Undefined: there is no such file, or it cannot be read. */
  readText(path: string): Promise<string | undefined>;
}

/**
 * Firewalls that this machine may have, the likeliest first. On Linux an active one goes before one that is merely
 * installed; what runs cannot always be seen without root, so all that is installed is offered.
 */
export async function detectFirewalls(host: FirewallHost): Promise<readonly FirewallSystem[]> {
  if (host.platform === 'win32') return ['windows'];
  if (host.platform === 'darwin') return ['macos-app', 'macos-pf'];
  const [ufwConfig, hasUfw, runsFirewalld, hasFirewalld] = await Promise.all([
    host.readText('/etc/ufw/ufw.conf'),
    anyExists(host, ['/usr/sbin/ufw', '/sbin/ufw']),
    host.exists('/run/firewalld'),
    anyExists(host, ['/usr/bin/firewall-cmd', '/bin/firewall-cmd']),
  ]);
  const isUfwOn = hasUfw && /^\s*ENABLED\s*=\s*"?yes/im.test(ufwConfig ?? '');
  const found: [FirewallSystem, rank: number][] = [
    ['ufw', isUfwOn ? 0 : hasUfw ? 3 : 9],
    ['firewalld', runsFirewalld ? 1 : hasFirewalld ? 4 : 9],
    // Both of them work on top of it, and it is nearly everywhere.
    ['nftables', 5],
  ];
  return found
    .filter(([, rank]) => rank < 9)
    .sort(([, a], [, b]) => a - b)
    .map(([system]) => system);
}

async function anyExists(host: FirewallHost, paths: readonly string[]): Promise<boolean> {
  const found = await Promise.all(paths.map((path) => host.exists(path)));
  return found.includes(true);
}
