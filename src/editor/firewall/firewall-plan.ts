import type { CheckedWish } from './firewall-wish';

export const firewallSystems = ['windows', 'macos-app', 'macos-pf', 'ufw', 'firewalld', 'nftables'] as const;
export type FirewallSystem = (typeof firewallSystems)[number];

/** What a person should know of a plan. Put into words by the page. */
export type FirewallNote =
  | 'administrator'
  | 'sudo'
  | 'private-profile'
  | 'by-program'
  | 'narrows-only'
  | 'not-persistent'
  | 'both-at-once'
  | 'default-zone'
  | 'default-chain'
  | 'only-when-active'
  | 'everybody';

/** Command lines, one after the other, and those that take them back. */
export interface FirewallPlan {
  readonly shell: 'posix' | 'powershell';
  readonly apply: readonly string[];
  readonly undo: readonly string[];
  readonly notes: readonly FirewallNote[];
}

/** Makes the plan of one firewall: pure, and only ever from a checked wish. */
export type FirewallPlanner = (wish: CheckedWish) => FirewallPlan;
