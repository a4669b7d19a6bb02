import type { SettingKey } from '../core/config-schema';

/**
 * Every id that package.json and the code share. test/manifest/contributions.test.ts checks that the two agree, so a
 * mistyped id does not compile and a forgotten one does not pass.
 */

export const viewContainerId = 'flm';
export const enginesViewId = 'flm.engines';
export const sharingViewId = 'flm.sharing';
/** A webview: the panel beside the tree. */
export const securityViewId = 'flm.security';
export const walkthroughId = 'flm.start';
/** Who VS Code's model picker says the models are from: `selectChatModels({ vendor })`. */
export const languageModelVendor = 'flm';

/** Commands, `flm.<noun>.<verb>`. The value says what a caller may pass; without it the command asks. */
export const commandIds = [
  'flm.proxy.toggle',
  'flm.proxy.start',
  'flm.proxy.stop',
  'flm.proxy.restart',
  'flm.proxy.copyEndpoint',
  'flm.proxy.copyCurl',
  'flm.engines.refresh',
  'flm.engines.add',
  'flm.engines.showHidden',
  'flm.engines.concealHidden',
  'flm.engine.start',
  'flm.engine.remove',
  'flm.engine.setKey',
  'flm.engine.clearKey',
  'flm.engine.hide',
  'flm.engine.unhide',
  'flm.engine.copyAddress',
  'flm.engine.openDocs',
  'flm.models.filter',
  'flm.models.clearFilter',
  'flm.models.showMore',
  'flm.model.copyId',
  'flm.model.copyCurl',
  'flm.model.copyPython',
  'flm.model.copyTypeScript',
  'flm.model.useAsDefault',
  'flm.demo.start',
  'flm.demo.stop',
  'flm.keys.create',
  'flm.keys.createDecoy',
  'flm.keys.manage',
  'flm.key.copyId',
  'flm.key.rename',
  'flm.key.changeLimits',
  'flm.key.rotate',
  'flm.key.revoke',
  'flm.key.showUsage',
  'flm.share.create',
  'flm.shares.manage',
  'flm.share.stop',
  'flm.share.extend',
  'flm.share.change',
  'flm.share.rotate',
  'flm.share.copyEndpoint',
  'flm.share.copyMessage',
  'flm.audit.showEvents',
  'flm.audit.showStatistics',
  'flm.audit.export',
  'flm.audit.verify',
  'flm.blocks.show',
  'flm.blocks.add',
  'flm.blocks.remove',
  'flm.blocks.extend',
  'flm.blocks.copyAddress',
  'flm.blocks.allow',
  'flm.blocks.manage',
  'flm.blocks.manageAllowlist',
  'flm.blocks.clearTemporary',
  'flm.blocks.import',
  'flm.blocks.export',
  'flm.policy.edit',
  'flm.policy.setMode',
  'flm.policy.reset',
  'flm.policy.import',
  'flm.policy.export',
  'flm.exposure.change',
  'flm.exposure.close',
  'flm.exposure.copyAddress',
  'flm.tls.setUp',
  'flm.tls.exportCa',
  'flm.tls.renew',
  'flm.tls.revoke',
  'flm.firewall.show',
  'flm.checkup.run',
  'flm.checkup.show',
  'flm.panel.open',
  'flm.panel.openInEditor',
  'flm.diagnose.run',
  'flm.log.open',
  'flm.settings.open',
  'flm.tools.setUp',
  'flm.tools.setUpContinue',
  'flm.tools.setUpCline',
  'flm.tools.setUpVsCode',
  'flm.tools.setUpOpenAiSdk',
  'flm.tools.setUpClaudeCode',
  'flm.tools.undo',
  'flm.walkthrough.open',
] as const;
export type CommandId = (typeof commandIds)[number];

/** The `flm.*` settings without their prefix: those the gateway reads. The editor has none of its own. */
export const settingNames = [
  'engines.detect',
  'engines.addresses',
  'engines.extraPorts',
  'engines.hidden',
  'engines.cacheTtlMinutes',
  'engines.degradedLatencyMs',
  'proxy.port',
  'proxy.exposure',
  'proxy.interfaces',
  'proxy.autoStart',
  'proxy.bodyLimitMiB',
  'proxy.corsOrigins',
  'proxy.allowedHosts',
  'proxy.defaultModel',
  'proxy.aliases',
  'proxy.repairs.disabled',
  'proxy.heartbeatSeconds',
  'routing.engines',
  'routing.loadThroughSeconds',
  'timeouts.connectSeconds',
  'timeouts.firstByteSeconds',
  'timeouts.idleSeconds',
  'timeouts.probeSeconds',
  'timeouts.uploadSeconds',
  'log.level',
] as const satisfies readonly SettingKey[];

/** What `when` clauses in package.json may ask. */
export interface ContextKeys {
  /** The proxy answers. */
  'flm.proxyOn': boolean;
  'flm.proxyPhase': 'off' | 'starting' | 'on' | 'stopping' | 'failed';
  /** At least one engine runs. */
  'flm.hasEngines': boolean;
  /** What the engines view has to say when it has no rows. */
  'flm.viewState': 'idle' | 'scanning' | 'empty' | 'detectOff' | 'noMatch' | 'failed' | 'incompatible' | 'ready';
  'flm.demoRunning': boolean;
  'flm.filtering': boolean;
  'flm.hasHidden': boolean;
  'flm.showsHidden': boolean;
  /** At least one API key is known. */
  'flm.hasKeys': boolean;
  /** Somebody is blocked. */
  'flm.hasBlocks': boolean;
  /** Something is shared. */
  'flm.hasShares': boolean;
  /** Other machines can reach the proxy. */
  'flm.exposed': boolean;
  'flm.tlsMode': 'off' | 'self-signed' | 'files' | 'acme';
  /** There is a local CA whose certificate can be exported. */
  'flm.hasCa': boolean;
  /** The sharing view has something to list. */
  'flm.sharing': boolean;
}
export type ContextKey = keyof ContextKeys;

export const contextKeys = [
  'flm.proxyOn',
  'flm.proxyPhase',
  'flm.hasEngines',
  'flm.viewState',
  'flm.demoRunning',
  'flm.filtering',
  'flm.hasHidden',
  'flm.showsHidden',
  'flm.hasKeys',
  'flm.hasBlocks',
  'flm.hasShares',
  'flm.exposed',
  'flm.tlsMode',
  'flm.hasCa',
  'flm.sharing',
] as const satisfies readonly ContextKey[];
