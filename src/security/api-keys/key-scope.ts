import type { KeyScope } from '../../core/api-key';
import { FlmError } from '../../core/errors';
import { addressBits, parseRange, rangeContains } from '../../core/ip-range';
import { matchesGlob } from '../../core/glob';

/** Whether a canonical model id (`engine/model`) is within the scope. No list, or an empty one: every model. */
export function isModelInScope(scope: KeyScope, canonicalModelId: string): boolean {
  return isListed(scope.models, (pattern) => matchesGlob(pattern, canonicalModelId));
}

/** Whether a route pattern (`/v1/chat/completions`) is within the scope. */
export function isRouteInScope(scope: KeyScope, route: string): boolean {
  return isListed(scope.routes, (pattern) => matchesGlob(pattern, route));
}

/** Whether a client address is within the scope. A text that is no address is in no list. */
export function isAddressInScope(scope: KeyScope, address: string): boolean {
  if (scope.addresses === undefined || scope.addresses.length === 0) return true;
  const bits = addressBits(address);
  return isListed(scope.addresses, (text) => {
    const range = parseRange(text);
    return bits !== undefined && range !== undefined && rangeContains(range, bits);
  });
}

function isListed(list: readonly string[] | undefined, matches: (entry: string) => boolean): boolean {
  return list === undefined || list.length === 0 || list.some(matches);
}

const maxEntries = 200;
const maxPatternLength = 512;
const limitNames = ['requestsPerMinute', 'requestsPerDay', 'tokensPerDay', 'concurrency'] as const;

/** The scope with addresses in their normal form. Throws `config_invalid` naming the first thing that is wrong. */
export function normalizeScope(scope: KeyScope): KeyScope {
  const result: { -readonly [K in keyof KeyScope]: KeyScope[K] } = {};
  for (const name of ['models', 'routes'] as const) {
    const list = scope[name];
    if (list === undefined || list.length === 0) continue;
    checkSize(name, list);
    for (const pattern of list) {
      if (pattern === '' || pattern.length > maxPatternLength) {
        throw new FlmError('config_invalid', `${name}: a pattern has 1 to ${maxPatternLength} characters.`);
      }
    }
    result[name] = [...list];
  }
  if (scope.addresses !== undefined && scope.addresses.length > 0) {
    checkSize('addresses', scope.addresses);
    result.addresses = scope.addresses.map((text) => {
      const range = parseRange(text);
      if (range === undefined) throw new FlmError('config_invalid', `addresses: "${text}" is no address or range.`);
      return range.text;
    });
  }
  for (const name of limitNames) {
    const limit = scope[name];
    if (limit === undefined) continue;
    if (!Number.isSafeInteger(limit) || limit < 1) {
      throw new FlmError('config_invalid', `${name}: must be a whole number of at least 1.`);
    }
    result[name] = limit;
  }
  return result;
}

function checkSize(name: string, list: readonly string[]): void {
  if (list.length > maxEntries) throw new FlmError('config_invalid', `${name}: at most ${maxEntries} entries.`);
}
