import { access, readFile } from 'node:fs/promises';
import type { CommandHandler, CommandServices } from '../../command-services';
import { copyToClipboard } from '../../copy';
import { detectFirewalls, type FirewallHost } from '../../firewall/detect-firewall';
import { firewallPage, systemLabel } from '../../firewall/firewall-page';
import type { FirewallPlan } from '../../firewall/firewall-plan';
import { askForFirewall } from '../../firewall/firewall-steps';
import { planFirewall } from '../../firewall/planners';
import { typedLine } from '../../firewall/typed-line';
import { answered } from '../../input/questions';
import { areTerminalsElsewhere, typeInTerminal } from '../../type-in-terminal';
import { requireTrust } from '../../workspace-trust';

/** Of the machine that the extension host runs on, which in a remote window is the remote. */
const host: FirewallHost = {
  platform: process.platform,
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
  readText: (path) => readFile(path, 'utf8').catch(() => undefined),
};

/** Shows the commands that let others through the firewall of this machine. FLM runs none of them. */
export const firewallRules: CommandHandler = async (services) => {
  const { gateway, settings, l10n, input, reports } = services;
  requireTrust(l10n);
  const [systems, addresses] = await Promise.all([detectFirewalls(host), gateway.request('exposure/addresses', {})]);
  const { system, ranges } = await askForFirewall({ input, l10n, systems, addresses });
  const port = gateway.status.state?.proxy.port ?? settings.get('proxy.port', 11435);
  const wish = { ports: [port], ranges, program: process.execPath };
  const plan = planFirewall(system, wish);
  const isWsl = process.env.WSL_DISTRO_NAME !== undefined;
  const title = systemLabel(l10n, system);
  await reports.show(l10n.t('FLM Firewall Rules'), firewallPage(l10n, system, plan, wish, isWsl));
  await askWhatNext(services, title, plan);
};

type Next = { readonly way: 'apply' | 'undo'; readonly how: 'type' | 'copy' } | 'done';

async function askWhatNext(services: CommandServices, title: string, plan: FirewallPlan): Promise<void> {
  const { l10n, input } = services;
  const next = answered(
    await input.pick<Next>({
      title,
      placeHolder: l10n.t('FLM runs nothing by itself. What do you want to do with the commands?'),
      choices: [
        {
          label: `$(terminal) ${l10n.t('Type Them into a Terminal')}`,
          detail: l10n.t('They run when you press Enter there'),
          value: { way: 'apply', how: 'type' },
        },
        { label: `$(copy) ${l10n.t('Copy Them')}`, value: { way: 'apply', how: 'copy' } },
        {
          label: `$(terminal) ${l10n.t('Take Back: Type into a Terminal')}`,
          detail: l10n.t('Removes the rules again'),
          value: { way: 'undo', how: 'type' },
        },
        { label: `$(copy) ${l10n.t('Take Back: Copy')}`, value: { way: 'undo', how: 'copy' } },
        { label: `$(check) ${l10n.t('Done')}`, value: 'done' },
      ],
    }),
  );
  if (next === 'done') return;
  if (next.how === 'copy') {
    const lines = plan[next.way].join('\n');
    await copyToClipboard(lines, l10n.t('Commands copied'));
  } else {
    typeInTerminal(l10n, title, typedLine(plan, next.way), plan.shell, areTerminalsElsewhere(services));
  }
}
