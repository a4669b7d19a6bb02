import type { GatewayRequestName, GatewayRequests, HelloParams } from '../../protocol/gateway-rpc';
import { boolean, integer, invalid, nothing, text, time, type Fields } from './param-readers';
import { securityParamReaders } from './security-params';
import { sharingParamReaders } from './sharing-params';

type ParamReaders = { readonly [N in GatewayRequestName]: (params: Fields) => GatewayRequests[N]['params'] };

const maxUrlLength = 2048;
const maxKeyLength = 8192;
const maxKeys = 256;

/** One row per request: takes what it needs from what a stranger sent, and throws FlmError `invalid_request` otherwise. */
const readers: ParamReaders = {
  ...securityParamReaders,
  ...sharingParamReaders,
  hello: (fields) => {
    const engineKeys = keyTable(fields);
    return {
      token: text(fields, 'token', 256),
      protocolVersion: integer(fields, 'protocolVersion'),
      version: text(fields, 'version', 100),
      ...(fields.settings === undefined ? {} : { settings: fields.settings }),
      ...(engineKeys === undefined ? {} : { engineKeys }),
    } satisfies HelloParams;
  },
  'proxy/start': nothing,
  'proxy/stop': nothing,
  'proxy/restart': nothing,
  'engines/refresh': nothing,
  'engines/probe': (fields) => ({ url: text(fields, 'url', maxUrlLength) }),
  'engines/setKey': (fields) => {
    const baseUrl = text(fields, 'baseUrl', maxUrlLength);
    // JSON has no undefined: a client that sends null means "forget it" as well.
    if (fields.key === undefined || fields.key === null) return { baseUrl };
    return { baseUrl, key: text(fields, 'key', maxKeyLength) };
  },
  'config/set': (fields) => ({ settings: fields.settings }),
  'interest/set': (fields) => ({ visible: boolean(fields, 'visible') }),
  'window/focused': (fields) => ({ window: text(fields, 'window', 64), at: time(fields, 'at') }),
  'news/claim': (fields) => ({ name: text(fields, 'name', 500) }),
  'demo/start': nothing,
  'demo/stop': nothing,
  'models/measurements': nothing,
  diagnose: nothing,
  yield: (fields) => ({
    token: text(fields, 'token', 256),
    version: text(fields, 'version', 100),
    ...(fields.protocolVersion === undefined ? {} : { protocolVersion: integer(fields, 'protocolVersion') }),
  }),
};

/** Whether there is such a request at all. */
export function isRequestName(name: string): name is GatewayRequestName {
  return Object.hasOwn(readers, name);
}

/** Checks the parameters of a request as if from a stranger. Throws FlmError `invalid_request` naming the field. */
export function readParams<N extends GatewayRequestName>(name: N, params: unknown): GatewayRequests[N]['params'] {
  const given = params ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) throw invalid('the parameters', 'an object');
  return readers[name](given as Fields);
}

function keyTable(fields: Fields): Readonly<Record<string, string>> | undefined {
  const value = fields.engineKeys;
  if (value === undefined || value === null) return undefined;
  const isTable = typeof value === 'object' && !Array.isArray(value);
  const entries = isTable ? Object.entries(value as Record<string, unknown>) : [];
  const fits = entries.every(
    ([url, key]) => url.length <= maxUrlLength && typeof key === 'string' && key.length <= maxKeyLength,
  );
  if (!isTable || !fits || entries.length > maxKeys) throw invalid('engineKeys', `up to ${maxKeys} keys by base URL`);
  return Object.fromEntries(entries) as Record<string, string>;
}
