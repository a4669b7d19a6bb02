import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { settingKeys, settingSchemas, type FlmConfig, type SettingKey } from './config-schema';

/** A value that could not be used, with the one that is used instead. */
export interface ConfigProblem {
  /** `flm.proxy.port`, or the unknown key as written. */
  readonly key: string;
  /** English, names what was expected: `must be <= 65535`. */
  readonly message: string;
}

export interface ParsedConfig {
  readonly config: FlmConfig;
  readonly problems: readonly ConfigProblem[];
}

/** What applies when nothing is configured. */
export const defaultConfig: FlmConfig = parseConfig({}).config;

/**
 * Reads a configuration from VS Code's settings or a JSON file. Keys may be flat (`"proxy.port"`), carry the `flm.`
 * prefix, or be nested (`{"proxy": {"port": 11435}}`).
 *
 * Never throws: a value that does not fit is named in `problems` and its default applies; all others are kept. Unknown
 * keys are named and ignored.
 */
export function parseConfig(raw: unknown): ParsedConfig {
  const problems: ConfigProblem[] = [];
  const given = new Map<string, unknown>();
  if (isPlainObject(raw)) flatten(raw, '', given);
  else if (raw !== undefined && raw !== null) problems.push({ key: '', message: 'must be an object' });

  const config: Partial<Record<SettingKey, unknown>> = {};
  for (const key of settingKeys) {
    const schema: TSchema & { default?: unknown } = settingSchemas[key];
    const value = given.get(key);
    given.delete(key);
    const message = value === undefined ? undefined : problemOf(schema, value);
    if (message !== undefined) problems.push({ key: `flm.${key}`, message });
    config[key] = structuredClone(value === undefined || message !== undefined ? schema.default : value);
  }
  for (const key of given.keys()) problems.push({ key: `flm.${key}`, message: 'is not a setting of FLM' });
  return { config: config as FlmConfig, problems };
}

/** Two configurations mean the same: pushing one over the other changes nothing. */
export function isSameConfig(a: FlmConfig, b: FlmConfig): boolean {
  return a === b || Value.Equal(a, b);
}

/** Keys whose values differ. */
export function changedKeys(a: FlmConfig, b: FlmConfig): readonly SettingKey[] {
  return settingKeys.filter((key) => !Value.Equal(a[key], b[key]));
}

function problemOf(schema: TSchema, value: unknown): string | undefined {
  if (Value.Check(schema, value)) return undefined;
  const first = Value.Errors(schema, value)[0];
  if (first === undefined) return 'is not valid';
  return first.instancePath === '' ? first.message : `${first.instancePath} ${first.message}`;
}

function flatten(object: Record<string, unknown>, prefix: string, into: Map<string, unknown>): void {
  for (const [name, value] of Object.entries(object)) {
    if (value === undefined) continue;
    const key = `${prefix}${name}`.replace(/^flm\.?/, '');
    const isGroup = isPlainObject(value) && !(key in settingSchemas);
    if (isGroup && settingKeys.some((known) => key === '' || known.startsWith(`${key}.`))) {
      flatten(value, key === '' ? '' : `${key}.`, into);
    } else into.set(key, value);
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
