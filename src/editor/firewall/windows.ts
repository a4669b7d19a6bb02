import { powerShellQuote } from '../shell-quote';
import type { FirewallPlanner } from './firewall-plan';

/** Windows Defender Firewall, module NetSecurity. With ranges given, networks called public stay shut. */
export const planWindows: FirewallPlanner = ({ ports, v4, v6, isForEverybody, name }) => {
  const quoted = powerShellQuote(name);
  const remote = isForEverybody ? 'Any' : [...v4, ...v6].map(powerShellQuote).join(',');
  const options = [
    `-Name ${quoted}`,
    `-DisplayName ${powerShellQuote(`FLM (${ports.join(', ')})`)}`,
    '-Direction Inbound',
    '-Action Allow',
    '-Protocol TCP',
    `-LocalPort ${ports.join(',')}`,
    `-RemoteAddress ${remote}`,
    `-Profile ${isForEverybody ? 'Any' : 'Private,Domain'}`,
  ];
  return {
    shell: 'powershell',
    apply: [`New-NetFirewallRule ${options.join(' ')}`],
    undo: [`Remove-NetFirewallRule -Name ${quoted}`],
    notes: ['administrator', isForEverybody ? 'everybody' : 'private-profile'],
  };
};
