import type { ExposureDemand, ExposureScope } from '../../core/exposure';
import { exposureScopes } from '../../core/exposure';
import { parseRange } from '../../core/ip-range';
import type { Share, ShareAudience, ShareLimits } from '../../core/share';

type Fields = Readonly<Record<string, unknown>>;

const numbers = ['requestsPerMinute', 'requestsPerDay', 'tokensPerDay', 'concurrency'] as const;
const enders = ['person', 'expiry', 'key-revoked'] as const;

/** A share as it was stored; undefined when it is none: then nobody can know whom it lets in, and its key goes. */
export function parseShare(value: unknown): Share | undefined {
  if (!isFields(value)) return undefined;
  const { id, label, keyId, createdAt, endedBy } = value;
  const audience = parseAudience(value.audience);
  const limits = parseLimits(value.limits);
  const exposure = parseExposure(value.exposure);
  const isWhole =
    isText(id) && isText(label) && isText(keyId) && isTime(createdAt) && audience && limits && exposure !== undefined;
  if (!isWhole || !isTimeOrNone(value.expiresAt) || !isTimeOrNone(value.endedAt)) return undefined;
  const ender = enders.find((one) => one === endedBy);
  return {
    id,
    label,
    audience,
    limits,
    keyId,
    exposure,
    createdAt,
    ...(isTexts(value.addresses) ? { addresses: value.addresses } : {}),
    ...(value.expiresAt === undefined ? {} : { expiresAt: value.expiresAt }),
    ...(value.endedAt === undefined ? {} : { endedAt: value.endedAt }),
    ...(ender === undefined ? {} : { endedBy: ender }),
  };
}

function parseAudience(value: unknown): ShareAudience | undefined {
  if (!isFields(value)) return undefined;
  const { type, ranges, interfaces } = value;
  if (type === 'machine' || type === 'internet') return { type };
  if (type === 'lan') {
    if (interfaces === undefined) return { type };
    return isTexts(interfaces) && interfaces.length > 0 ? { type, interfaces } : undefined;
  }
  if (type !== 'addresses' || !isTexts(ranges) || ranges.length === 0) return undefined;
  return ranges.every((text) => parseRange(text) !== undefined) ? { type, ranges } : undefined;
}

function parseLimits(value: unknown): ShareLimits | undefined {
  if (!isFields(value)) return undefined;
  const { models, routes } = value;
  const isBad =
    numbers.some((name) => value[name] !== undefined && !Number.isSafeInteger(value[name])) ||
    [models, routes].some((list) => list !== undefined && !isTexts(list));
  return isBad ? undefined : value;
}

function parseExposure(value: unknown): ExposureDemand | undefined {
  if (!isFields(value)) return undefined;
  const scope = exposureScopes.find((one: ExposureScope) => one === value.scope);
  if (scope === undefined) return undefined;
  return isTexts(value.addresses) ? { scope, addresses: value.addresses } : { scope };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isTimeOrNone(value: unknown): value is number | undefined {
  return value === undefined || isTime(value);
}
