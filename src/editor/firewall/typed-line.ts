import { powerShellQuote } from '../shell-quote';
import type { FirewallPlan } from './firewall-plan';

/**
 * One way of a plan as one line that can be typed into a terminal and waits there for Enter. POSIX: while opening, each
 * command runs only if the one before did; while taking back, what is gone already stops nothing. PowerShell: in a window of its own with administrator's rights, which Windows asks for; it stays open so
 * that errors can be read. No command holds a double quote, which PowerShell would lose on the way.
 */
export function typedLine(plan: FirewallPlan, way: 'apply' | 'undo'): string {
  const commands = plan[way];
  if (plan.shell === 'posix') return commands.join(way === 'apply' ? ' && ' : '; ');
  const inner = powerShellQuote(`-NoExit -Command "${commands.join('; ')}"`);
  return `Start-Process powershell -Verb RunAs -ArgumentList ${inner}`;
}
