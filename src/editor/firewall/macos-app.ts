import { posixQuote } from '../shell-quote';
import type { FirewallPlanner } from './firewall-plan';

const tool = '/usr/libexec/ApplicationFirewall/socketfilterfw';

/** The application firewall of macOS lets a program take connections, or not: it knows neither ports nor ranges. */
export const planMacApp: FirewallPlanner = ({ program }) => {
  const quoted = posixQuote(program);
  return {
    shell: 'posix',
    apply: [`sudo ${tool} --add ${quoted}`, `sudo ${tool} --unblockapp ${quoted}`],
    undo: [`sudo ${tool} --remove ${quoted}`],
    notes: ['sudo', 'by-program', 'only-when-active'],
  };
};
