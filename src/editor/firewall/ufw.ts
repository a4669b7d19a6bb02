import type { FirewallPlanner } from './firewall-plan';

/** Uncomplicated Firewall, ufw(8). One rule per range; a rule is deleted by saying it again. */
export const planUfw: FirewallPlanner = ({ ports, v4, v6, isForEverybody, name }) => {
  const sources = isForEverybody ? ['any'] : [...v4, ...v6];
  const rules = sources.map((source) => `allow proto tcp from ${source} to any port ${ports.join(',')}`);
  return {
    shell: 'posix',
    apply: rules.map((rule) => `sudo ufw ${rule} comment ${name}`),
    undo: rules.map((rule) => `sudo ufw delete ${rule}`),
    notes: ['sudo', 'only-when-active', ...(isForEverybody ? (['everybody'] as const) : [])],
  };
};
