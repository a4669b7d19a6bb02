import * as vscode from 'vscode';
import { reasonText } from '../../core/reason';
import type { DiagnosisStep } from '../../protocol/gateway-rpc';
import type { CommandHandler, CommandServices } from '../command-services';
import { languageModelVendor, type CommandId } from '../contributions';
import { diagnosisReport, firstFailure, remedyOf, successText } from '../diagnosis-report';
import { localizeFinding, type Localizer } from '../localizer';
import { MeasurementReader } from '../measurements/measurement-reader';
import { modelInformation } from '../language-models/model-information';
import { pickerStep, type PickerFacts } from '../language-models/picker-step';
import { withProgress } from '../progress';
import { messageText } from '../safe-text';

/** Checks engine → gateway → client step by step; ends with one finding, and the action that helps. */
export const diagnose: CommandHandler = async (services) => {
  const { l10n, log } = services;
  const steps = await withProgress(l10n.t('Checking engines, gateway and client'), allSteps(services));
  for (const { step, ok, finding } of steps) {
    const { code, args, reason } = finding;
    log[ok ? 'info' : 'warn'](`Diagnosis, ${step}: ${code}`, {
      args: reason === undefined ? args : [reasonText(reason)],
    });
  }
  void showFinding(services, steps);
};

/** The gateway's steps, and after them what only a window can know. */
async function allSteps({ gateway, settings, l10n, clock }: CommandServices): Promise<readonly DiagnosisStep[]> {
  const steps = await gateway.request('diagnose', {});
  const engines = gateway.status.state?.engines.engines ?? [];
  const offered = modelInformation(l10n, engines, settings.strings('engines.hidden')).length;
  return [...steps, await pickerStep(offered, pickerFacts, clock)];
}

/** VS Code as the diagnosis of its models asks it. */
const pickerFacts: PickerFacts = {
  takesModels: () => {
    // Editors built on VS Code may lack the API.
    return (vscode.lm as Partial<typeof vscode.lm> | undefined)?.registerLanguageModelChatProvider !== undefined;
  },
  countKnown: async () => (await vscode.lm.selectChatModels({ vendor: languageModelVendor })).length,
  showsInAgents: () => vscode.workspace.getConfiguration().get<boolean>('chat.agentHost.byokModels.enabled'),
};

async function showFinding(services: CommandServices, steps: readonly DiagnosisStep[]): Promise<void> {
  const { l10n } = services;
  const report = l10n.t('Show Report');
  const failure = firstFailure(steps);
  if (failure === undefined) {
    const text = successText(l10n, steps, messageText);
    if ((await vscode.window.showInformationMessage(text, report)) === report) await showReport(services, steps);
    return;
  }
  const remedy = remedyOf(failure.finding.code);
  const actions = remedy === undefined ? [report] : [remedyLabel(l10n, remedy), report];
  const text = localizeFinding(l10n, failure.finding, messageText);
  const answer = await vscode.window.showWarningMessage(text, ...actions);
  if (answer === report) await showReport(services, steps);
  else if (answer !== undefined && remedy !== undefined) await vscode.commands.executeCommand(remedy);
}

function remedyLabel(l10n: Localizer, remedy: CommandId): string {
  const labels: Partial<Record<CommandId, string>> = {
    'flm.engines.add': l10n.t('Add an Engine'),
    'flm.engines.refresh': l10n.t('Look Again'),
    'flm.proxy.start': l10n.t('Start the Proxy'),
    'flm.proxy.restart': l10n.t('Restart the Proxy'),
    'flm.keys.create': l10n.t('Create an API Key'),
    'flm.policy.setMode': l10n.t('Set the Security Mode'),
    'flm.log.open': l10n.t('Open Log'),
  };
  return labels[remedy] ?? remedy;
}

async function showReport(services: CommandServices, steps: readonly DiagnosisStep[]): Promise<void> {
  const { l10n, reports, gateway, machine, extensionVersion, clock } = services;
  const engines = gateway.status.state?.engines.engines ?? [];
  const facts: [string, string][] = [
    ['FLM', extensionVersion],
    ['VS Code', `${vscode.version} (${process.platform} ${process.arch})`],
    [l10n.t('Machine'), machine ?? l10n.t('this machine')],
    ...engines.map((engine): [string, string] => [
      engine.name,
      `${engine.baseUrl} ${engine.version ?? ''} ${engine.state}: ${reasonText(engine.reason)}`,
    ]),
  ];
  const measurements = await new MeasurementReader(gateway, clock).read();
  await reports.show(l10n.t('FLM Diagnosis'), diagnosisReport(l10n, steps, facts, measurements));
}
