import { isLoopbackAddress, normalizeAddress } from '../../core/address';
import type { Engine } from '../../core/engine';
import type { CheckupFacts } from './check';

/** Engines looked at; more than that is no machine of one person. */
const maxEngines = 64;

/** Engines that answer and run on this machine, whatever address they were found at. */
export function localEngines({ engines, addresses }: CheckupFacts): readonly Engine[] {
  const own = new Set(addresses.map(({ address }) => normalizeAddress(address)));
  return engines
    .filter(({ baseUrl, state }) => baseUrl !== '' && state !== 'installed' && state !== 'network-error')
    .filter(({ baseUrl }) => {
      const host = hostOf(baseUrl);
      return host === 'localhost' || isLoopbackAddress(host) || own.has(normalizeAddress(host));
    })
    .slice(0, maxEngines);
}

/** Engines on other machines that answer. */
export function remoteEngines(facts: CheckupFacts): readonly Engine[] {
  const local = new Set(localEngines(facts));
  return facts.engines
    .filter((engine) => engine.baseUrl !== '' && !local.has(engine) && engine.isRemote)
    .filter(({ state }) => state !== 'installed' && state !== 'network-error')
    .slice(0, maxEngines);
}

/** Without brackets. */
export function hostOf(baseUrl: string): string {
  return new URL(baseUrl).hostname.replace(/^\[(.*)\]$/, '$1');
}

/** The same engine under another address: scheme, port and path stay. */
export function underAddress(baseUrl: string, address: string): string {
  const url = new URL(baseUrl);
  url.hostname = address.includes(':') ? `[${address}]` : address;
  return url.href.replace(/\/$/, '');
}
