import { posixQuote } from '../shell-quote';
import type { FirewallPlanner } from './firewall-plan';

/**
 * firewalld, firewall-cmd(1) and firewalld.richlanguage(5). Said twice, for now and for good: a reload would throw away
 * what somebody else has set for now only.
 */
export const planFirewalld: FirewallPlanner = ({ ports, v4, v6, isForEverybody }) => {
  const rich = (family: string, ranges: readonly string[]) =>
    ranges.flatMap((range) =>
      ports.map(
        (port) => `rule family="${family}" source address="${range}" port port="${port}" protocol="tcp" accept`,
      ),
    );
  const rules = isForEverybody
    ? ports.map((port) => `port=${port}/tcp`)
    : [...rich('ipv4', v4), ...rich('ipv6', v6)].map((rule) => `rich-rule=${posixQuote(rule)}`);
  const both = (verb: 'add' | 'remove') =>
    rules.flatMap((rule) => [`sudo firewall-cmd --${verb}-${rule}`, `sudo firewall-cmd --permanent --${verb}-${rule}`]);
  return {
    shell: 'posix',
    apply: both('add'),
    undo: both('remove'),
    notes: ['sudo', 'both-at-once', 'default-zone', ...(isForEverybody ? (['everybody'] as const) : [])],
  };
};
