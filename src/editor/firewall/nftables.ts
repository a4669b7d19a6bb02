import { posixQuote } from '../shell-quote';
import type { FirewallPlanner } from './firewall-plan';

/** Where most distributions filter what comes in: nftables.conf of Debian, Arch and Fedora. */
const chain = 'inet filter input';

/**
 * nftables, nft(8). The rule goes to the front of the chain that filters: accepting in a table of its own would not
 * help, because every table has to accept. A rule is deleted by its handle, which is found by the comment.
 */
export const planNftables: FirewallPlanner = ({ ports, v4, v6, isForEverybody, name }) => {
  const match = `tcp dport { ${ports.join(', ')} } accept comment "${name}"`;
  const from = (family: string, ranges: readonly string[]) =>
    ranges.length === 0 ? [] : [`${family} saddr { ${ranges.join(', ')} } ${match}`];
  const rules = isForEverybody ? [match] : [...from('ip', v4), ...from('ip6', v6)];
  const findHandles = `s/.*comment "${name}".*# handle \\([0-9]*\\)$/\\1/p`;
  return {
    shell: 'posix',
    apply: rules.map((rule) => `sudo nft ${posixQuote(`insert rule ${chain} ${rule}`)}`),
    undo: [
      `sudo nft -a list chain ${chain} | sed -n ${posixQuote(findHandles)} | ` +
        `while read -r handle; do sudo nft delete rule ${chain} handle "$handle"; done`,
    ],
    notes: ['sudo', 'default-chain', 'not-persistent', ...(isForEverybody ? (['everybody'] as const) : [])],
  };
};
