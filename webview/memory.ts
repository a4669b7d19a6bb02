import { panelTabs, type EventFilter, type PanelMemory } from '../src/protocol/panel-messages';

const initial: PanelMemory = {
  tab: 'overview',
  range: '24h',
  usage: 'key',
  filter: { text: '', severity: '', kind: '', address: '', keyId: '', since: '' },
};

/** What was remembered, member by member: an older or newer FLM may have written it. */
export function readMemory(stored: Partial<Record<keyof PanelMemory, unknown>>): PanelMemory {
  const oneOf = <T extends string>(value: unknown, allowed: readonly T[], standard: T): T =>
    allowed.includes(value as T) ? (value as T) : standard;
  return {
    tab: oneOf(stored.tab, panelTabs, initial.tab),
    range: oneOf(stored.range, ['1h', '24h', '7d'], initial.range),
    usage: oneOf(stored.usage, ['key', 'address', 'model'], initial.usage),
    filter: readFilter(stored.filter),
  };
}

function readFilter(stored: unknown): EventFilter {
  if (typeof stored !== 'object' || stored === null) return initial.filter;
  const members = Object.entries(initial.filter).map(([name, standard]) => {
    const value = (stored as Record<string, unknown>)[name];
    return [name, typeof value === 'string' && value.length <= 200 ? value : standard];
  });
  return Object.fromEntries(members) as unknown as EventFilter;
}
