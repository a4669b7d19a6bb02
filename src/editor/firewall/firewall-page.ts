import type { Localizer } from '../localizer';
import { markdownText } from '../safe-text';
import type { FirewallNote, FirewallPlan, FirewallSystem } from './firewall-plan';
import type { FirewallWish } from './firewall-wish';

/** What people call the firewall. Names of products, the same in every language, with what tells them apart. */
export function systemLabel(l10n: Localizer, system: FirewallSystem): string {
  const labels: Record<FirewallSystem, string> = {
    windows: l10n.t('Windows Defender Firewall'),
    'macos-app': l10n.t('macOS application firewall'),
    'macos-pf': l10n.t('macOS packet filter (pf)'),
    ufw: 'ufw',
    firewalld: 'firewalld',
    nftables: 'nftables',
  };
  return labels[system];
}

/** The commands with what they do, how they are taken back, and what to know before, as a Markdown page. */
export function firewallPage(
  l10n: Localizer,
  system: FirewallSystem,
  plan: FirewallPlan,
  { ports, ranges }: Pick<FirewallWish, 'ports' | 'ranges'>,
  isWsl: boolean,
): string {
  const who =
    ranges.length === 0
      ? l10n.t('Lets every machine reach TCP port {0} of this machine.', ports.join(', '))
      : l10n.t('Lets {0} reach TCP port {1} of this machine.', markdownText(ranges.join(', ')), ports.join(', '));
  const notes = plan.notes.map((note) => `- ${noteText(l10n, note)}`);
  if (isWsl) notes.push(`- ${wslText(l10n)}`);
  return [
    `# ${systemLabel(l10n, system)}`,
    who,
    l10n.t('FLM runs none of this. Copy it, or let FLM type it into a terminal and press Enter there yourself.'),
    `## ${l10n.t('Open')}`,
    codeBlock(plan.shell, plan.apply),
    `## ${l10n.t('Take back')}`,
    codeBlock(plan.shell, plan.undo),
    `## ${l10n.t('To know')}`,
    notes.join('\n'),
    '',
  ].join('\n\n');
}

/** A path among the commands may hold backticks or tildes; so many in a row it does not. */
function codeBlock(shell: FirewallPlan['shell'], commands: readonly string[]): string {
  const fence = '~'.repeat(12);
  return [`${fence}${shell === 'posix' ? 'sh' : 'powershell'}`, ...commands, fence].join('\n');
}

function noteText(l10n: Localizer, note: FirewallNote): string {
  const texts: Record<FirewallNote, string> = {
    administrator: l10n.t('Needs PowerShell with administrator rights.'),
    sudo: l10n.t('Needs the password of an administrator (sudo).'),
    'private-profile': l10n.t(
      'Holds in networks that Windows calls private or domain. If yours is set to public, change that in the network settings.',
    ),
    'by-program': l10n.t(
      'This firewall goes by programs: it knows neither ports nor ranges, and lets every machine reach all of VS Code’s ports. Use pf to narrow that down.',
    ),
    'narrows-only': l10n.t(
      'pf lets everything in unless told otherwise, so these rules keep others out. If the application firewall is on, it has to let VS Code in as well.',
    ),
    'not-persistent': l10n.t(
      'Lasts until the machine restarts. To keep it, add it to the configuration file yourself.',
    ),
    'both-at-once': l10n.t('Each rule is set twice: for now, and for after a restart.'),
    'default-zone': l10n.t('Holds in the default zone. If your network is in another, add --zone and its name.'),
    'default-chain': l10n.t(
      'Expects the chain “input” of the table “inet filter”. If yours has another name (sudo nft list ruleset shows it), change it.',
    ),
    'only-when-active': l10n.t('Has an effect only while this firewall is on.'),
    everybody: l10n.t('Every machine that has a way to this one is let in. Naming ranges is safer.'),
  };
  return texts[note];
}

function wslText(l10n: Localizer): string {
  return l10n.t(
    'FLM runs in WSL: with its usual network, other machines reach Windows but not WSL. Windows has to pass the port on (netsh interface portproxy), or WSL has to use mirrored networking, and the firewall of Windows has to let it in.',
  );
}
