import type { KeyScope } from '../core/api-key';
import type { Refusal } from '../core/request';
import { parseRange, rangeContains, addressBits } from '../core/ip-range';

/** Why a key may not be used for this route or from this address; undefined when it may. */
export function routeOutOfScope(scope: KeyScope | undefined, route: string | undefined, address: string): Refusal | undefined {
  if (scope === undefined) return undefined;
  const { routes = [], addresses = [] } = scope;
  if (routes.length > 0 && route !== undefined && !routes.includes(route)) {
    return outOfScope('This API key may not use this route.');
  }
  if (addresses.length > 0) {
    const bits = addressBits(address);
    const isInside =
      bits !== undefined &&
      addresses.some((text) => {
        const range = parseRange(text);
        return range !== undefined && rangeContains(range, bits);
      });
    if (!isInside) return outOfScope('This API key may not be used from your address.');
  }
  return undefined;
}

/** Why a key may not use this model; undefined when it may. Patterns are matched against `engine/model` and `model`. */
export function modelOutOfScope(scope: KeyScope | undefined, engineId: string, modelId: string): Refusal | undefined {
  const patterns = scope?.models ?? [];
  if (patterns.length === 0) return undefined;
  const canonical = modelId.startsWith(`${engineId}/`) ? modelId : `${engineId}/${modelId}`;
  const bare = canonical.slice(engineId.length + 1);
  const isAllowed = patterns.some((pattern) => matchesGlob(pattern, canonical) || matchesGlob(pattern, bare));
  return isAllowed ? undefined : outOfScope('This API key may not use this model.');
}

/** `*` stands for anything. Linear: each literal piece is searched once, from left to right. */
export function matchesGlob(pattern: string, text: string): boolean {
  const pieces = pattern.split('*');
  const first = pieces[0] ?? '';
  if (pieces.length === 1) return pattern === text;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  const last = pieces.at(-1) ?? '';
  return text.length - at >= last.length && text.endsWith(last);
}

function outOfScope(message: string): Refusal {
  return { rule: 'key-scope', code: 'key_out_of_scope', message };
}
