import { planFirewalld } from './firewalld';
import type { FirewallPlan, FirewallPlanner, FirewallSystem } from './firewall-plan';
import { checkWish, type FirewallWish } from './firewall-wish';
import { planMacApp } from './macos-app';
import { planMacPf } from './macos-pf';
import { planNftables } from './nftables';
import { planUfw } from './ufw';
import { planWindows } from './windows';

const planners: Record<FirewallSystem, FirewallPlanner> = {
  windows: planWindows,
  'macos-app': planMacApp,
  'macos-pf': planMacPf,
  ufw: planUfw,
  firewalld: planFirewalld,
  nftables: planNftables,
};

/** The commands for that firewall. Throws FlmError `invalid_request` when ports or ranges are none. */
export function planFirewall(system: FirewallSystem, wish: FirewallWish): FirewallPlan {
  return planners[system](checkWish(wish));
}
