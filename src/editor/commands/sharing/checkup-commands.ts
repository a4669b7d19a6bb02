import * as vscode from 'vscode';
import type { CheckupFinding, CheckupReport } from '../../../protocol/sharing-rpc';
import { checkupChoices, remedyChoices, type Remedy } from '../../checkup/checkup-list';
import { checkupPage, checkupSummary } from '../../checkup/checkup-page';
import type { CommandHandler, CommandServices } from '../../command-services';
import type { CommandId } from '../../contributions';
import { copyToClipboard } from '../../copy';
import { answered } from '../../input/questions';
import { localizeReason } from '../../localizer';
import { messageText } from '../../safe-text';
import { areTerminalsElsewhere, typeInTerminal } from '../../type-in-terminal';

/** Looks for holes around the proxy, and lists what was found with what mends it. */
export const runCheckup: CommandHandler = async (services) => {
  await listReport(services, await check(services));
};

/** The last check-up, or one now where there is none. */
export const showCheckup: CommandHandler = async (services) => {
  const last = services.gateway.status.state?.sharing.checkup;
  await listReport(services, last ?? (await check(services)));
};

/** Takes seconds; who cancels gets what was found until then. */
async function check({ gateway, l10n }: CommandServices): Promise<CheckupReport> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: l10n.t('Looking for holes around the proxy'),
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (_, token) => {
    token.onCancellationRequested(() => void gateway.request('checkup/cancel', {}).catch(() => undefined));
    return gateway.request('checkup/run', {});
  });
}

async function listReport(services: CommandServices, first: CheckupReport): Promise<void> {
  const { l10n, input } = services;
  for (let report = first; ;) {
    const title = l10n.t('Exposure Check-up');
    const placeHolder = checkupSummary(l10n, report);
    const next = answered(await input.pick({ title, placeHolder, choices: checkupChoices(l10n, report) }));
    if (next.type === 'again') {
      report = await check(services);
      continue;
    }
    if (next.type === 'report') await showReport(services, report);
    else await mend(services, next.finding, report);
    return;
  }
}

async function mend(services: CommandServices, finding: CheckupFinding, report: CheckupReport): Promise<void> {
  const { l10n, input } = services;
  const title = localizeReason(l10n, finding.what, messageText);
  const placeHolder = localizeReason(l10n, finding.why, messageText);
  const remedy = answered(await input.pick({ title, placeHolder, choices: remedyChoices(l10n, finding) }));
  await remedies[remedy](services, finding, report);
}

type Mend = (services: CommandServices, finding: CheckupFinding, report: CheckupReport) => unknown;

const run =
  (command: CommandId): Mend =>
  () =>
    vscode.commands.executeCommand(command);

const remedies: Record<Remedy, Mend> = {
  setUpTls: run('flm.tls.setUp'),
  setMode: run('flm.policy.setMode'),
  editPolicy: run('flm.policy.edit'),
  renew: run('flm.tls.renew'),
  type: (services, { command = '' }) => {
    typeInTerminal(services.l10n, services.l10n.t('FLM Check-up'), command, undefined, areTerminalsElsewhere(services));
  },
  copy: ({ l10n }, { command = '' }) => copyToClipboard(command, l10n.t('Command copied')),
  source: (_, { source = '' }) => vscode.env.openExternal(vscode.Uri.parse(source)),
  report: (services, _, report) => showReport(services, report),
};

async function showReport({ l10n, reports }: CommandServices, report: CheckupReport): Promise<void> {
  await reports.show(l10n.t('FLM Exposure Check-up'), checkupPage(l10n, report));
}
