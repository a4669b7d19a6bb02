import { posixQuote } from '../shell-quote';
import type { FirewallPlanner } from './firewall-plan';

/**
 * The packet filter of macOS, pf.conf(5). The system's own `anchor "com.apple/*"` takes rules below it, so no file has
 * to be edited. Unless told otherwise pf lets everything in, so this one narrows: first nobody, then (the last match
 * wins) the ranges. Loopback is left alone.
 */
export const planMacPf: FirewallPlanner = ({ ports, v4, v6, isForEverybody, name }) => {
  const anchor = `com.apple/${name}`;
  const port = `port { ${ports.join(', ')} }`;
  const pass = (family: string, ranges: readonly string[]) =>
    ranges.length === 0 ? [] : [`pass in ${family} proto tcp from { ${ranges.join(', ')} } to any ${port}`];
  const rules = isForEverybody
    ? [`pass in proto tcp from any to any ${port}`]
    : [`block drop in on ! lo0 proto tcp from any to any ${port}`, ...pass('inet', v4), ...pass('inet6', v6)];
  return {
    shell: 'posix',
    apply: [
      `printf '%s\\n' ${rules.map(posixQuote).join(' ')} | sudo pfctl -a ${posixQuote(anchor)} -f -`,
      'sudo pfctl -E',
    ],
    undo: [`sudo pfctl -a ${posixQuote(anchor)} -F rules`],
    notes: ['sudo', 'narrows-only', 'not-persistent', ...(isForEverybody ? (['everybody'] as const) : [])],
  };
};
