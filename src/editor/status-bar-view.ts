import { isUsable } from '../core/engine';
import type { GatewayState, ProxyState } from '../protocol/gateway-rpc';
import type { CommandId } from './contributions';
import { addressText, encryptionText, isOpenUnencrypted, untilText } from './exposure/exposure-text';
import { formatAge, formatCount, formatEngines, formatModels, formatRequests, separator } from './format';
import type { GatewayStatus } from './gateway-port';
import { localizeReason, type Localizer } from './localizer';
import { markdownText } from './safe-text';
import { securityLine, storageText, throttleText } from './alerts/security-lines';

/** Commands that the tooltip may link to; the tooltip is trusted for these and no others. */
export const statusBarLinks = [
  'flm.proxy.toggle',
  'flm.proxy.restart',
  'flm.proxy.copyEndpoint',
  'flm.engines.refresh',
  'flm.diagnose.run',
  'flm.log.open',
  'flm.engines.focus',
  'flm.blocks.show',
  'flm.keys.manage',
  'flm.audit.showEvents',
  'flm.exposure.change',
  'flm.exposure.close',
  'flm.exposure.copyAddress',
  'flm.tls.setUp',
  'workbench.action.reloadWindow',
] as const;
type Link = (typeof statusBarLinks)[number];

export interface StatusBarView {
  readonly text: string;
  /** Markdown; engine-made strings in it are escaped. */
  readonly tooltip: string;
  /** Colour of the background, only for what needs a person. */
  readonly severity?: 'warning' | 'error';
  readonly command: CommandId | 'workbench.action.reloadWindow';
  readonly accessibilityLabel: string;
}

/**
 * What the status bar shows: a pure function of what is known. `isStartAsked`: this window asked for the proxy, and the
 * gateway has not answered yet. `unseenBlocks`: addresses FLM blocked and nobody has looked at.
 */
export function statusBarView(
  l10n: Localizer,
  status: GatewayStatus,
  now: number,
  isStartAsked: boolean,
  unseenBlocks = 0,
): StatusBarView {
  return warned(l10n, proxyView(l10n, status, now, isStartAsked), status, unseenBlocks);
}

function proxyView(l10n: Localizer, status: GatewayStatus, now: number, isStartAsked: boolean): StatusBarView {
  if (status.phase === 'incompatible') return incompatible(l10n, status);
  if (isStartAsked && status.state?.proxy.phase !== 'on') return busy(l10n, status, l10n.t('The proxy is starting.'));
  if (status.phase === 'failed') return failed(l10n, status);
  const proxy: ProxyState = status.state?.proxy ?? { phase: 'off', inFlight: 0, requests: 0 };
  switch (proxy.phase) {
    case 'off':
      return off(l10n, status);
    case 'starting':
      return busy(l10n, status, l10n.t('The proxy is starting.'));
    case 'stopping':
      return busy(l10n, status, l10n.t('The proxy is stopping.'));
    case 'failed':
      return failed(l10n, { ...status, ...(proxy.notice && { reason: proxy.notice }) });
    case 'on':
      return on(l10n, status, proxy, now);
  }
}

/**
 * Turns a quiet view into a warning while there is something a person should look at: addresses blocked since the last
 * look, or records that are not safely kept. A click then shows it instead of stopping the proxy.
 */
function warned(l10n: Localizer, view: StatusBarView, status: GatewayStatus, unseenBlocks: number): StatusBarView {
  const isQuiet = view.severity === undefined;
  const { state } = status;
  if (!isQuiet || state === undefined) return view;
  const blocked = unseenBlocks > 0 ? l10n.t('{0} blocked', formatCount(unseenBlocks, l10n.language)) : '';
  const isRisky = state.security.storage.kind !== 'ok' || isOpenUnencrypted(state.sharing);
  if (blocked === '') return isRisky ? { ...view, severity: 'warning' } : view;
  return {
    ...view,
    text: `${view.text.replace(/^\$\((?:broadcast|radio-tower)\)/, '$(shield)')}${separator}${blocked}`,
    severity: 'warning',
    command: 'flm.blocks.show',
    accessibilityLabel: `${view.accessibilityLabel}, ${blocked}`,
  };
}

function off(l10n: Localizer, status: GatewayStatus): StatusBarView {
  const sentence = l10n.t('The proxy is off.');
  return {
    text: '$(broadcast) FLM',
    tooltip: tooltip([
      sentence,
      enginesLine(l10n, status.state),
      ...troubleLines(l10n, status.state),
      links(
        link(l10n.t('Start'), 'flm.proxy.toggle'),
        link(l10n.t('Engines'), 'flm.engines.focus'),
        link(l10n.t('Log'), 'flm.log.open'),
      ),
    ]),
    command: 'flm.proxy.toggle',
    accessibilityLabel: `FLM, ${sentence}`,
  };
}

function busy(l10n: Localizer, status: GatewayStatus, sentence: string): StatusBarView {
  return {
    text: '$(sync~spin) FLM',
    tooltip: tooltip([sentence, enginesLine(l10n, status.state), links(link(l10n.t('Log'), 'flm.log.open'))]),
    command: 'flm.proxy.toggle',
    accessibilityLabel: `FLM, ${sentence}`,
  };
}

function on(l10n: Localizer, status: GatewayStatus, proxy: ProxyState, now: number): StatusBarView {
  const port = proxy.port ?? 0;
  const running = proxy.inFlight > 0 ? ` ▸${String(proxy.inFlight)}` : '';
  const endpoint = proxy.endpoint ?? '';
  const since = proxy.startedAt === undefined ? '' : l10n.t('On for {0}.', formatAge(l10n, now - proxy.startedAt));
  const requests = l10n.t(
    '{0}, {1} running now.',
    formatRequests(l10n, proxy.requests),
    formatCount(proxy.inFlight, l10n.language),
  );
  const notice = proxy.notice === undefined ? '' : localizeReason(l10n, proxy.notice, markdownText);
  const isOpen = (status.state?.sharing.exposure.addresses.length ?? 0) > 0;
  return {
    text: `$(${isOpen ? 'radio-tower' : 'broadcast'}) FLM :${String(port)}${running}`,
    tooltip: tooltip([
      `**${l10n.t('The proxy is on.')}** ${exposure(l10n, status.state?.sharing.exposure.addresses)}`,
      `${markdownText(endpoint)} — ${link(l10n.t('Copy'), 'flm.proxy.copyEndpoint')}`,
      ...exposureLines(l10n, status.state),
      notice,
      enginesLine(l10n, status.state),
      status.state === undefined ? '' : securityLine(l10n, status.state.security, now),
      ...troubleLines(l10n, status.state),
      [since, requests].filter(Boolean).join(' '),
      links(
        link(l10n.t('Keys'), 'flm.keys.manage'),
        link(l10n.t('Blocks'), 'flm.blocks.show'),
        link(l10n.t('Events'), 'flm.audit.showEvents'),
      ),
      links(
        link(l10n.t('Stop'), 'flm.proxy.toggle'),
        link(l10n.t('Restart'), 'flm.proxy.restart'),
        link(l10n.t('Refresh'), 'flm.engines.refresh'),
        link(l10n.t('Diagnose'), 'flm.diagnose.run'),
        link(l10n.t('Log'), 'flm.log.open'),
      ),
    ]),
    command: 'flm.proxy.toggle',
    accessibilityLabel: [
      `FLM, ${l10n.t('The proxy is on.')}`,
      l10n.t('Port {0}, {1} running.', port, formatRequests(l10n, proxy.inFlight)),
      ...(isOpen ? [l10n.t('Other machines can connect')] : []),
    ].join(' '),
  };
}

function failed(l10n: Localizer, status: GatewayStatus): StatusBarView {
  const sentence = l10n.t('FLM failed.');
  const why = status.reason === undefined ? '' : localizeReason(l10n, status.reason, markdownText);
  return {
    text: '$(error) FLM',
    tooltip: tooltip([
      `**${sentence}**`,
      why,
      links(
        link(l10n.t('Try Again'), 'flm.proxy.restart'),
        link(l10n.t('Diagnose'), 'flm.diagnose.run'),
        link(l10n.t('Log'), 'flm.log.open'),
      ),
    ]),
    severity: 'error',
    command: 'flm.proxy.toggle',
    accessibilityLabel: `FLM, ${sentence}`,
  };
}

function incompatible(l10n: Localizer, status: GatewayStatus): StatusBarView {
  const sentence = l10n.t('Another window runs a different version of FLM.');
  const why = status.reason === undefined ? sentence : localizeReason(l10n, status.reason, markdownText);
  return {
    text: '$(warning) FLM',
    tooltip: tooltip([why, links(link(l10n.t('Reload Window'), 'workbench.action.reloadWindow'))]),
    severity: 'warning',
    command: 'workbench.action.reloadWindow',
    accessibilityLabel: `FLM, ${sentence}`,
  };
}

/** Who can reach the proxy, which listens on these addresses beyond this machine's loopback. */
export function exposure(l10n: Localizer, addresses: readonly string[] = [], clean = markdownText): string {
  if (addresses.length === 0) return l10n.t('Only this machine can reach it.');
  return l10n.t('Other machines can reach it: it listens on {0}.', clean(addressText(l10n, addresses)));
}

/** While other machines can connect: how, until when, and the ways to change it. Else, what waits for a person. */
function exposureLines(l10n: Localizer, state: GatewayState | undefined): string[] {
  if (state === undefined) return [];
  const { exposure: open, tls } = state.sharing;
  const notice = open.notice === undefined ? [] : [`**${localizeReason(l10n, open.notice, markdownText)}**`];
  if (open.addresses.length === 0) return notice;
  const isPlain = isOpenUnencrypted(state.sharing);
  const facts = [encryptionText(l10n, tls), untilText(l10n, open.until)].filter((fact) => fact !== '').join(separator);
  return [
    isPlain ? `**${l10n.t('Other machines connect without encryption.')}** ${untilText(l10n, open.until)}` : facts,
    ...notice,
    links(
      link(l10n.t('Stop sharing'), 'flm.exposure.close'),
      link(l10n.t('Change…'), 'flm.exposure.change'),
      link(l10n.t('Copy address…'), 'flm.exposure.copyAddress'),
      ...(isPlain ? [link(l10n.t('Set up TLS…'), 'flm.tls.setUp')] : []),
    ),
  ];
}

function enginesLine(l10n: Localizer, state: GatewayState | undefined): string {
  if (state?.engines.scannedAt === undefined) return '';
  const usable = state.engines.engines.filter((engine) => isUsable(engine.state));
  if (usable.length === 0) return l10n.t('No engine is running.');
  const models = usable.reduce((sum, engine) => sum + engine.models.length, 0);
  const names = usable.slice(0, 6).map((engine) => markdownText(engine.name));
  if (usable.length > names.length) names.push('…');
  return `${formatEngines(l10n, usable.length)}${separator}${formatModels(l10n, models)}: ${names.join(', ')}`;
}

/** Storage and throttling, as far as there is trouble with them. */
function troubleLines(l10n: Localizer, state: GatewayState | undefined): string[] {
  if (state === undefined) return [];
  const lines = [storageText(l10n, state.security, markdownText), throttleText(l10n, state.security)];
  return lines.filter((line) => line !== undefined).map((line) => `**${line}**`);
}

function tooltip(paragraphs: readonly string[]): string {
  return paragraphs.filter((paragraph) => paragraph !== '').join('\n\n');
}

function links(...items: readonly string[]): string {
  return items.join(separator);
}

function link(label: string, command: Link): string {
  return `[${label}](command:${command})`;
}
