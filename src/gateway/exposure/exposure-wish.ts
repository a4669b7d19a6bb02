import type { ExposureDemand, ExposureScope, MachineAddress } from '../../core/exposure';
import type { ExposureState } from '../../protocol/sharing-rpc';
import { resolveEntries } from './machine-addresses';

/** What is to be open beyond this machine, whatever stands against it. */
export interface ExposureWish {
  readonly scope: ExposureScope;
  /** With `interfaces`: addresses and names of interfaces. */
  readonly entries: readonly string[];
  readonly because: ExposureState['because'];
  /** Epoch ms at which it narrows by itself. */
  readonly until?: number;
  /** What the settings ask for beyond what a person confirmed. */
  readonly unconfirmed?: ExposureDemand;
}

/** A wish with an end. */
export interface TimedDemand {
  readonly demand: ExposureDemand;
  /** Epoch ms. */
  readonly until: number;
}

export interface WishFacts {
  readonly setting: ExposureDemand;
  /** What a person agreed to for the settings; `all` covers everything. */
  readonly confirmed: ExposureDemand;
  readonly timed?: TimedDemand;
  readonly shares: readonly ExposureDemand[];
  readonly machine: readonly MachineAddress[];
}

export const closed: ExposureDemand = { scope: 'machine' };

/** The widest of all wishes in force: settings as far as they are confirmed, the timed one, those of shares. */
export function exposureWish(facts: WishFacts): ExposureWish {
  const { confirmed: setting, unconfirmed } = confirmedPart(facts.setting, facts.confirmed, facts.machine);
  const { timed, shares } = facts;
  const sources = [
    { why: 'settings' as const, demand: setting },
    ...(timed === undefined ? [] : [{ why: 'timer' as const, demand: timed.demand }]),
    ...shares.map((demand) => ({ why: 'share' as const, demand })),
  ].filter(({ demand }) => isOpen(demand));
  const union = unionOf(sources.map(({ demand }) => demand));
  const lasting = unionOf(sources.filter(({ why }) => why !== 'timer').map(({ demand }) => demand));
  const endsWithTimer = timed !== undefined && isWider(union, lasting);
  return {
    ...union,
    because: [...new Set(sources.map(({ why }) => why))],
    ...(endsWithTimer ? { until: timed.until } : {}),
    ...(unconfirmed === undefined ? {} : { unconfirmed }),
  };
}

/** Whether a demand goes beyond this machine at all. */
export function isOpen({ scope, addresses = [] }: ExposureDemand): boolean {
  return scope === 'all' || (scope === 'interfaces' && addresses.length > 0);
}

/**
 * What is left of a confirmation when the settings changed: what they no longer ask for has to be confirmed again should
 * they ask for it later. What they never asked for stays: a person may confirm first and change the settings then, one
 * after the other.
 */
export function shrunkConfirmation(
  confirmed: ExposureDemand,
  before: ExposureDemand,
  now: ExposureDemand,
): ExposureDemand {
  if (now.scope === 'machine') return before.scope === 'machine' ? confirmed : closed;
  if (now.scope === 'all' || confirmed.scope === 'machine') return confirmed;
  const asked = now.addresses ?? [];
  if (confirmed.scope === 'all') return { scope: 'interfaces', addresses: asked };
  const dropped = new Set((before.addresses ?? []).filter((entry) => !asked.includes(entry)));
  return { scope: 'interfaces', addresses: (confirmed.addresses ?? []).filter((entry) => !dropped.has(entry)) };
}

interface Union {
  readonly scope: ExposureScope;
  readonly entries: readonly string[];
}

function unionOf(demands: readonly ExposureDemand[]): Union {
  if (demands.some(({ scope }) => scope === 'all')) return { scope: 'all', entries: [] };
  const entries = [...new Set(demands.flatMap(({ addresses = [] }) => addresses))];
  return { scope: entries.length === 0 ? 'machine' : 'interfaces', entries };
}

function isWider(wide: Union, narrow: Union): boolean {
  if (wide.scope === 'all') return narrow.scope !== 'all';
  return wide.entries.some((entry) => !narrow.entries.includes(entry));
}

/**
 * The part of the settings that a person confirmed. An entry is confirmed by its own text, or address by address: the
 * name of an interface does not confirm addresses it gets later, unless it was confirmed by name.
 */
function confirmedPart(
  setting: ExposureDemand,
  confirmed: ExposureDemand,
  machine: readonly MachineAddress[],
): { readonly confirmed: ExposureDemand; readonly unconfirmed?: ExposureDemand } {
  if (!isOpen(setting)) return { confirmed: closed };
  if (confirmed.scope === 'all') return { confirmed: setting };
  const entries = confirmed.scope === 'interfaces' ? (confirmed.addresses ?? []) : [];
  if (setting.scope === 'all') {
    return { confirmed: { scope: 'interfaces', addresses: entries }, unconfirmed: setting };
  }
  const known = new Set(resolveEntries(entries, machine).map(({ address }) => address));
  const covered: string[] = [];
  const missing: string[] = [];
  for (const entry of setting.addresses ?? []) {
    const meant = resolveEntries([entry], machine).map(({ address }) => address);
    const agreed = meant.filter((address) => known.has(address));
    if (entries.includes(entry)) covered.push(entry);
    else {
      covered.push(...agreed);
      if (meant.length === 0 || agreed.length < meant.length) missing.push(entry);
    }
  }
  return {
    confirmed: { scope: 'interfaces', addresses: covered },
    ...(missing.length === 0 ? {} : { unconfirmed: { scope: 'interfaces', addresses: missing } }),
  };
}
