import { hostname } from 'node:os';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { systemClock } from './core/clock';
import { DisposableStore } from './core/disposable';
import { messageOf } from './core/errors';
import { randomId } from './core/random-id';
import type { GatewayState } from './protocol/gateway-rpc';
import { WindowContextKeys } from './editor/context-keys';
import { startDemoWhenAlone } from './editor/demo-on-start';
import { EngineKeys } from './editor/engine-keys';
import { GatewayAccess } from './editor/gateway-access';
import { GatewayNotices } from './editor/gateway-notices';
import { GatewayPresence } from './editor/gateway-presence';
import { GatewaySync } from './editor/gateway-sync';
import { WindowStepInput } from './editor/input/window-step-input';
import { KeyList } from './editor/keys/key-list';
import { registerLanguageModels } from './editor/language-models/register-language-models';
import type { Localizer } from './editor/localizer';
import { LogChannel } from './editor/log-channel';
import { connectGateway } from './editor/connect-gateway';
import { machineName, type HostFacts } from './editor/machine-name';
import { SecurityPanel } from './editor/panel/security-panel';
import { PolicyFile } from './editor/policy/policy-file';
import { PolicyFileSystem } from './editor/policy/policy-file-system';
import { registerCommands } from './editor/register-commands';
import { ReportDocuments } from './editor/report-documents';
import { NewsWindow, type WindowFocus } from './editor/alerts/news-window';
import { SecurityNotices } from './editor/alerts/security-notices';
import { SharingToasts } from './editor/alerts/sharing-toasts';
import { UnseenBlocks } from './editor/alerts/unseen-blocks';
import { Settings } from './editor/settings';
import { StatusBar } from './editor/status-bar';
import { EnginesView } from './editor/tree/engines-view';
import { SharingView } from './editor/tree/sharing-view';
import { ChangeLog } from './editor/wiring/change-log';
import { PreviewDocuments } from './editor/wiring/preview-documents';

/** What other extensions, and tests, get from `extension.exports`. */
export interface FlmApi {
  /** As last heard from the gateway; undefined before there was one. */
  readonly state: GatewayState | undefined;
  /** Base URL for OpenAI clients while the proxy is on. */
  readonly endpoint: string | undefined;
  /** What the start cost. */
  readonly activation: Activation;
}

export interface Activation {
  /** Epoch ms. */
  readonly startedAt: number;
  /** FLM's own work on the main thread, `activate` and what it put off until just after. */
  readonly mainThreadMs: number;
}

export interface Composition {
  readonly api: FlmApi;
  /** Ends everything; resolves when the gateway, if it is this window's, has let go of port and lease. */
  close(): Promise<void>;
}

/**
 * Builds the editor side. Cheap by design: the status bar, one view and the commands; the gateway follows when something
 * asks for it, and never before `activate` has returned.
 */
export function compose(context: vscode.ExtensionContext): Composition {
  const clock = systemClock;
  const startedAt = clock.now();
  const begin = clock.monotonic();
  let mainThreadMs = 0;
  const store = new DisposableStore();
  const l10n: Localizer = {
    language: vscode.env.language,
    t: (message, ...args) => vscode.l10n.t(message, ...args),
  };
  const channel = store.add(new LogChannel());
  const log = channel.logger;
  const showLog = () => channel.show();
  const dataDir = context.globalStorageUri.fsPath;
  const version = String((context.extension.packageJSON as { version?: unknown }).version);

  const host = hostFacts(context);
  const machine = machineName(l10n, host);

  const settings = store.add(new Settings());
  const engineKeys = store.add(new EngineKeys(context.secrets));
  const gateway: GatewayAccess = new GatewayAccess(
    () =>
      connectGateway({
        dataDir,
        distDir: vscode.Uri.joinPath(context.extensionUri, 'dist').fsPath,
        version,
        settings: () => settings.raw(),
        engineKeys: () => sync.keysForHello(),
        onLog: (level, message) => channel.write(level, message),
        clock,
        log,
      }),
    (error) => log.error('A view could not be updated', { error: messageOf(error) }),
  );
  const sync: GatewaySync = store.add(new GatewaySync(gateway, settings, engineKeys, log));

  const contexts = new WindowContextKeys();
  store.add(gateway.onDidChangeStatus((status) => contexts.update(status)));
  const unseen = new UnseenBlocks();
  store.add(
    gateway.onDidChangeStatus(({ state }) => {
      if (state !== undefined) unseen.update(state.security.blocks);
    }),
  );
  const statusBar = store.add(new StatusBar(gateway, l10n, clock, unseen));
  const view = store.add(new EnginesView(gateway, settings, l10n, clock, contexts, log));
  const notices = store.add(new GatewayNotices(gateway, l10n, showLog));
  const reports = store.add(new ReportDocuments());
  const keyList = store.add(new KeyList(gateway, clock, log));
  const looked = () => {
    if (unseen.markSeen()) statusBar.update();
  };
  const sharing = store.add(new SharingView(gateway, keyList, unseen, looked, l10n, clock, contexts));
  const newsWindow = store.add(new NewsWindow(randomId(12), gateway, windowFocus, clock));
  const securityNotices = store.add(new SecurityNotices(gateway, keyList, unseen, newsWindow, l10n, clock));
  const sharingToasts = store.add(new SharingToasts(gateway, newsWindow, l10n, clock));
  const policyFile = new PolicyFile(gateway, l10n);
  const policyFiles = store.add(new PolicyFileSystem(policyFile));
  const panel = store.add(new SecurityPanel({ gateway, l10n, log, extensionUri: context.extensionUri }));
  store.add(
    registerCommands({
      gateway,
      settings,
      engineKeys,
      view,
      statusBar,
      reports,
      input: new WindowStepInput(),
      keyList,
      sharing,
      panel,
      policy: { file: policyFile, changed: () => policyFiles.changed() },
      wiring: {
        changes: new ChangeLog(context.globalState),
        previews: store.add(new PreviewDocuments()),
        userFolder: userFolder(context),
      },
      log,
      l10n,
      clock,
      showLog,
      isOnRemote: host.remoteName !== undefined && host.isOnRemote,
      machine,
      extensionId: context.extension.id,
      extensionVersion: version,
    }),
  );
  store.add(
    registerLanguageModels({
      gateway,
      settings,
      secrets: context.secrets,
      memory: context.globalState,
      l10n,
      clock,
      log,
    }),
  );
  const presence = store.add(new GatewayPresence(dataDir, clock, log, () => gateway.start()));

  sync.start();
  notices.start();
  newsWindow.start();
  securityNotices.start();
  sharingToasts.start();
  policyFiles.start();
  statusBar.start();
  contexts.update(gateway.status);
  // After activation has returned: showing the view may start the worker.
  setImmediate(() => {
    if (store.isDisposed) return;
    const resumed = clock.monotonic();
    view.start(machine);
    sharing.start();
    panel.start();
    if (settings.get('proxy.autoStart', false)) gateway.start();
    else void presence.start();
    if (process.env.FLM_START_DEMO === '1') {
      store.add(startDemoWhenAlone(gateway, log));
      void vscode.commands.executeCommand('flm.engines.focus');
    }
    mainThreadMs += clock.monotonic() - resumed;
    log.debug('Activated', { mainThreadMs });
  });
  mainThreadMs = clock.monotonic() - begin;

  return {
    api: {
      get state() {
        return gateway.status.state;
      },
      get endpoint() {
        return gateway.status.state?.proxy.endpoint;
      },
      get activation() {
        return { startedAt, mainThreadMs };
      },
    },
    close: async () => {
      store.dispose();
      await gateway.close();
    },
  };
}

const windowFocus: WindowFocus = {
  get isFocused() {
    return vscode.window.state.focused;
  },
  onDidChange: (listener) => vscode.window.onDidChangeWindowState(() => listener()),
};

function hostFacts(context: vscode.ExtensionContext): HostFacts {
  return {
    remoteName: vscode.env.remoteName,
    isOnRemote: context.extension.extensionKind === vscode.ExtensionKind.Workspace,
    hostName: hostname(),
    wslDistribution: process.env.WSL_DISTRO_NAME,
  };
}

/** `User/globalStorage/<extension>` is where an extension's storage is, on the machine that FLM runs on. */
function userFolder(context: vscode.ExtensionContext): string | undefined {
  const isHere = vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop;
  return isHere ? dirname(dirname(context.globalStorageUri.fsPath)) : undefined;
}
