import { powerShellQuote } from '../shell-quote';
import type { FirewallPlan } from './firewall-plan';

/**
 * The commands as one line that can be typed into a terminal and waits there for Enter. POSIX: each runs only if the one
 * before did. PowerShell: in a window of its own with administrator's rights, which Windows asks for; it stays open so
 * that errors can be read. No command holds a double quote, which PowerShell would lose on the way.
 */
export function typedLine({ shell }: FirewallPlan, commands: readonly string[]): string {
  if (shell === 'posix') return commands.join(' && ');
  const inner = powerShellQuote(`-NoExit -Command "${commands.join('; ')}"`);
  return `Start-Process powershell -Verb RunAs -ArgumentList ${inner}`;
}
