import { panelTabs, type EventFilter, type PanelMemory } from '../src/protocol/panel-messages';

const initial = {
  tab: 'overview',
  range: '24h',
  usage: 'key',
  filter: { text: '', severity: '', kind: '', address: '', keyId: '', since: '' },
} satisfies PanelMemory;

/** What was remembered, member by member: an older or newer FLM may have written it. */
export function readMemory(stored: Partial<Record<keyof PanelMemory, unknown>>): PanelMemory {
  return {
    tab: oneOf(stored.tab, panelTabs, initial.tab),
    range: oneOf(stored.range, ['1h', '24h', '7d'], initial.range),
    usage: oneOf(stored.usage, ['key', 'address', 'model'], initial.usage),
    filter: readFilter(stored.filter),
  };
}

function readFilter(stored: unknown): EventFilter {
  const fields = typeof stored === 'object' && stored !== null ? (stored as Readonly<Record<string, unknown>>) : {};
  const filter = { ...initial.filter };
  for (const name of ['text', 'kind', 'address', 'keyId'] as const) {
    const value = fields[name];
    if (typeof value === 'string' && value.length <= 200) filter[name] = value;
  }
  return {
    ...filter,
    severity: oneOf(fields.severity, ['', 'medium', 'high'], ''),
    since: oneOf(fields.since, ['', '1h', '24h', '7d'], ''),
  };
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[], standard: T): T {
  return allowed.includes(value as T) ? (value as T) : standard;
}
