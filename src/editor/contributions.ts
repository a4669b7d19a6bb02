import type { SettingKey } from '../core/config-schema';

/**
 * Every id that package.json and the code share. test/manifest/contributions.test.ts checks that the two agree, so a
 * mistyped id does not compile and a forgotten one does not pass.
 */

export const viewContainerId = 'flm';
export const enginesViewId = 'flm.engines';
export const walkthroughId = 'flm.start';

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
  'flm.diagnose.run',
  'flm.log.open',
  'flm.settings.open',
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
  'proxy.host',
  'proxy.autoStart',
  'proxy.bodyLimitMiB',
  'proxy.corsOrigins',
  'proxy.allowedHosts',
  'proxy.defaultModel',
  'proxy.aliases',
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
] as const satisfies readonly ContextKey[];
