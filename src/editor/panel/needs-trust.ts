import type { PanelRequestName } from '../../protocol/panel-messages';

/**
 * Requests that let somebody in longer, or anew: in a workspace nobody trusts the panel makes them as little as the
 * commands of the same effect do. What only narrows is always possible.
 */
const widening: ReadonlySet<PanelRequestName> = new Set<PanelRequestName>([
  'shares/change',
  'shares/rotate',
  'tls/renew',
]);

export function needsTrust(name: PanelRequestName): boolean {
  return widening.has(name);
}
