import { FlmError } from '../../core/errors';
import type { MachineAddress } from '../../core/exposure';
import { isLoopbackAddress, parseAddress } from '../../core/address';
import { parseRange } from '../../core/ip-range';
import type { ShareAudience, ShareLimits } from '../../core/share';
import { matchesGlob } from '../../core/glob';
import { normalizeScope } from '../../security/api-keys/key-scope';

/**
 * The audience with its ranges in their normal form. Throws `config_invalid` naming the first range that is none, or
 * the first interface that this machine does not have.
 */
export function checkAudience(audience: ShareAudience, machine: readonly MachineAddress[]): ShareAudience {
  if (audience.type === 'lan') return checkNetworks(audience.interfaces, machine);
  if (audience.type !== 'addresses') return audience;
  if (audience.ranges.length === 0) throw new FlmError('config_invalid', 'Name at least one address or range.');
  const ranges = audience.ranges.map((text) => {
    const range = parseRange(text);
    if (range === undefined) throw new FlmError('config_invalid', `"${text}" is no address or range.`);
    return range.text;
  });
  return { type: 'addresses', ranges: [...new Set(ranges)] };
}

function checkNetworks(chosen: readonly string[] = [], machine: readonly MachineAddress[]): ShareAudience {
  const missing = chosen.find((name) => !machine.some(({ interfaceName }) => interfaceName === name));
  if (missing !== undefined) throw new FlmError('config_invalid', `"${missing}" is no network interface now.`);
  return chosen.length === 0 ? { type: 'lan' } : { type: 'lan', interfaces: [...new Set(chosen)] };
}

/** The limits in their normal form. Throws `config_invalid`; a route that does not exist is a mistake, not a limit. */
export function checkLimits(limits: ShareLimits, knownRoutes: readonly string[]): ShareLimits {
  const unknown = limits.routes?.find((pattern) => !knownRoutes.some((route) => matchesGlob(pattern, route)));
  if (unknown !== undefined) throw new FlmError('config_invalid', `"${unknown}" is no route of this gateway.`);
  return normalizeScope(limits);
}

/** Addresses of this machine somebody chose. Throws `config_invalid` for one the machine does not have. */
export function checkChosen(chosen: readonly string[], own: readonly string[]): readonly string[] {
  return chosen.map((text) => {
    const address = parseAddress(text)?.toString();
    // Every loopback address is this machine's, whether an interface lists it or not.
    if (address !== undefined && (own.includes(address) || isLoopbackAddress(address))) return address;
    throw new FlmError('config_invalid', `"${text}" is no address of this machine.`);
  });
}
