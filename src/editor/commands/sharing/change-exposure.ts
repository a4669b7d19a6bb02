import * as vscode from 'vscode';
import { isUsableKey } from '../../../core/api-key';
import type { MachineAddress } from '../../../core/exposure';
import type { TlsPolicy } from '../../../core/tls';
import type { ExposureState } from '../../../protocol/sharing-rpc';
import type { CommandHandler, CommandServices } from '../../command-services';
import { confirm } from '../../copy';
import { awaitExposure } from '../../exposure/await-exposure';
import { askForExposure, type ExposureWish } from '../../exposure/exposure-steps';
import { exposureQuestion, type ExposurePreview } from '../../exposure/exposure-text';
import { localizeReason } from '../../localizer';
import { withProgress } from '../../progress';
import { messageText } from '../../safe-text';
import { requireTrust } from '../../workspace-trust';

/** Asks who may connect, says what that means in a modal, and only then does it. */
export const changeExposure: CommandHandler = async (services) => {
  const { gateway, l10n, input, clock } = services;
  requireTrust(l10n);
  const [addresses, tls] = await Promise.all([gateway.request('exposure/addresses', {}), tlsOf(services)]);
  const exposure = gateway.status.state?.sharing.exposure;
  // Nobody is to answer four questions for nothing; what is open may be narrowed without a key.
  const isShut = (exposure?.addresses ?? []).length === 0;
  if (isShut && !(await hasKey(services))) return;
  const wish = await askForExposure({
    input,
    l10n,
    now: clock.now(),
    addresses,
    current: { scope: exposure?.scope ?? 'machine', addresses: exposure?.addresses ?? [] },
    tlsMode: tls.mode,
    allowsPlainHttp: tls.plainHttp === true,
  });
  if (wish.scope === 'machine') return closeExposure(services);
  if (!(await hasKey(services))) return;
  if (!(await isAgreed(services, wish, addresses, tls))) return;
  void tellResult(services, await withProgress(l10n.t('Changing the exposure'), open(services, wish)));
};

/**
 * One click: nothing beyond this machine is reachable any more, whoever asked for it. What only narrows needs no trust
 * in the workspace.
 */
export const closeExposure: CommandHandler = async ({ gateway, settings, l10n }) => {
  await gateway.request('exposure/close', {});
  // Else the settings would ask for it again, and FLM the person.
  if (settings.get('proxy.exposure', 'machine') !== 'machine') await settings.update('proxy.exposure', undefined);
  confirm(l10n.t('Only this machine can reach FLM'));
};

/** Without a key nobody could come in, so FLM would stay shut: said before anything is decided. */
async function hasKey({ gateway, l10n, clock }: CommandServices): Promise<boolean> {
  if ((gateway.status.state?.security.usableKeys ?? 0) > 0) return true;
  const create = l10n.t('Create API Key');
  const text = l10n.t(
    'Sharing beyond this machine needs at least one API key, so that only those you give one get in.',
  );
  if ((await vscode.window.showWarningMessage(text, create)) !== create) return false;
  await vscode.commands.executeCommand('flm.keys.create');
  // Asked for, since the state of a moment ago does not know the new key.
  return (await gateway.request('keys/list', {})).some((key) => isUsableKey(key, clock.now()));
}

async function isAgreed(
  { gateway, settings, l10n }: CommandServices,
  wish: ExposureWish,
  machine: readonly MachineAddress[],
  tls: TlsPolicy,
): Promise<boolean> {
  const state = gateway.status.state;
  const isEverything = wish.scope === 'all';
  const meant = isEverything ? machine : machine.filter(({ address }) => wish.addresses.includes(address));
  const preview: ExposurePreview = {
    addresses: meant.map(({ address }) => address),
    isEverything,
    isPublic: meant.some(({ kind }) => kind === 'public'),
    port: state?.proxy.port ?? settings.get('proxy.port', 11435),
    isEncrypted: tls.mode !== 'off' || wish.encryption === 'self-signed',
    usableKeys: state?.security.usableKeys ?? 0,
    ...(wish.until === undefined ? {} : { until: wish.until }),
  };
  const { message, detail } = exposureQuestion(l10n, preview);
  const allow = l10n.t('Let Them Connect');
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, allow)) === allow;
}

/** Encryption first, then the confirmation, then the settings: nothing is open before it is as was agreed. */
async function open(services: CommandServices, wish: ExposureWish): Promise<ExposureState | undefined> {
  const { gateway, settings, clock } = services;
  const before = gateway.status.state?.sharing.exposure;
  if (wish.encryption !== undefined) await setEncryption(services, wish.encryption);
  const { scope, addresses, until } = wish;
  await gateway.request('exposure/confirm', {
    scope,
    ...(scope === 'interfaces' ? { addresses } : {}),
    ...(until === undefined ? {} : { until }),
  });
  // What ends by itself is no setting.
  if (until === undefined) {
    if (scope === 'interfaces') await settings.update('proxy.interfaces', [...addresses]);
    await settings.update('proxy.exposure', scope);
  }
  return gateway.status.state?.proxy.phase === 'on' ? awaitExposure(gateway, clock, before) : before;
}

async function setEncryption(services: CommandServices, encryption: 'self-signed' | 'plain'): Promise<void> {
  const { gateway, policy } = services;
  const { policy: current } = await gateway.request('policy/get', {});
  const tls = (current as { tls: object }).tls;
  const change = encryption === 'plain' ? { plainHttp: true } : { mode: 'self-signed' };
  await policy.file.set({ ...(current as object), tls: { ...tls, ...change } });
  policy.changed();
}

/** Never claims more than is so: the proxy may be off, or something may stand against it. */
async function tellResult({ gateway, l10n }: CommandServices, exposure: ExposureState | undefined): Promise<void> {
  if (gateway.status.state?.proxy.phase !== 'on') {
    const start = l10n.t('Start the Proxy');
    const text = l10n.t('Other machines can reach FLM as soon as the proxy is on.');
    if ((await vscode.window.showInformationMessage(text, start)) === start) {
      await vscode.commands.executeCommand('flm.proxy.start');
    }
  } else if (exposure?.notice !== undefined) {
    await vscode.window.showWarningMessage(localizeReason(l10n, exposure.notice, messageText));
  } else if (exposure !== undefined && exposure.addresses.length > 0) {
    confirm(l10n.t('Other machines can reach FLM now'));
  } else {
    await vscode.window.showWarningMessage(
      l10n.t('Other machines cannot reach FLM yet. Its row in the view says more.'),
    );
  }
}

async function tlsOf({ gateway }: CommandServices): Promise<TlsPolicy> {
  const { policy } = await gateway.request('policy/get', {});
  return (policy as { tls: TlsPolicy }).tls;
}
