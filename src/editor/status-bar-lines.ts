import { isUsable } from '../core/engine';
import type { GatewayState } from '../protocol/gateway-rpc';
import { storageText, throttleText } from './alerts/security-lines';
import { addressText, encryptionText, isOpenUnencrypted, untilText } from './exposure/exposure-text';
import { formatEngines, formatModels, separator } from './format';
import { localizeReason, type Localizer } from './localizer';
import { markdownText } from './safe-text';

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

/** Who can reach the proxy, which listens on these addresses beyond this machine's loopback. */
export function exposure(l10n: Localizer, addresses: readonly string[] = [], clean = markdownText): string {
  if (addresses.length === 0) return l10n.t('Only this machine can reach it.');
  return l10n.t('Other machines can reach it: it listens on {0}.', clean(addressText(l10n, addresses)));
}

/** While other machines can connect: how, until when, and the ways to change it. Else, what waits for a person. */
export function exposureLines(l10n: Localizer, state: GatewayState | undefined): string[] {
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

/** `3 engines · 12 models: Ollama, vLLM`; empty before the first look. */
export function enginesLine(l10n: Localizer, state: GatewayState | undefined): string {
  if (state?.engines.scannedAt === undefined) return '';
  const usable = state.engines.engines.filter((engine) => isUsable(engine.state));
  if (usable.length === 0) return l10n.t('No engine is running.');
  const models = usable.reduce((sum, engine) => sum + engine.models.length, 0);
  const names = usable.slice(0, 6).map((engine) => markdownText(engine.name));
  if (usable.length > names.length) names.push('…');
  return `${formatEngines(l10n, usable.length)}${separator}${formatModels(l10n, models)}: ${names.join(', ')}`;
}

/** Storage and throttling, as far as there is trouble with them. */
export function troubleLines(l10n: Localizer, state: GatewayState | undefined): string[] {
  if (state === undefined) return [];
  const lines = [storageText(l10n, state.security, markdownText), throttleText(l10n, state.security)];
  return lines.filter((line) => line !== undefined).map((line) => `**${line}**`);
}

/** Markdown of the paragraphs that say something. */
export function tooltip(paragraphs: readonly string[]): string {
  return paragraphs.filter((paragraph) => paragraph !== '').join('\n\n');
}

/** Several in a line. */
export function links(...items: readonly string[]): string {
  return items.join(separator);
}

export function link(label: string, command: Link): string {
  return `[${label}](command:${command})`;
}
