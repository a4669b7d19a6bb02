import type { ProxyState } from '../protocol/gateway-rpc';
import { securityLine } from './alerts/security-lines';
import type { CommandId } from './contributions';
import { isOpenUnencrypted } from './exposure/exposure-text';
import { formatAge, formatCount, formatRequests, separator } from './format';
import type { GatewayStatus } from './gateway-port';
import { localizeReason, type Localizer } from './localizer';
import { markdownText } from './safe-text';
import { enginesLine, exposure, exposureLines, link, links, tooltip, troubleLines } from './status-bar-lines';

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
