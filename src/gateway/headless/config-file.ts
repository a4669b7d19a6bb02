import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { Clock, Timer } from '../../core/clock';
import type { Disposable } from '../../core/disposable';
import { FlmError, messageOf } from '../../core/errors';
import { parsePolicy } from '../../core/policy';

/** What a configuration file says, keys and policy taken apart from the settings. */
export interface ConfigFile {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly engineKeys: Readonly<Record<string, string>>;
  /** The security policy, raw; undefined: what is stored stays. */
  readonly policy?: unknown;
}

const maxBytes = 4 * 1024 * 1024;
/** Also on network folders, and whichever way an editor saves: hence looking instead of listening. */
const watchIntervalMs = 1_000;
const quietMs = 200;

/** Reads a configuration file. Throws FlmError `config_invalid`, naming file and fault, when it cannot be used as a whole. */
export function readConfigFile(path: string): ConfigFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new FlmError('config_invalid', `The configuration file ${path} cannot be read: ${messageOf(error)}`);
  }
  if (text.length > maxBytes) throw new FlmError('config_invalid', `The configuration file ${path} is too large.`);
  let value: unknown;
  try {
    // Windows editors put a byte order mark in front.
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new FlmError('config_invalid', `The configuration file ${path} is not valid JSON: ${messageOf(error)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FlmError('config_invalid', `The configuration file ${path} must hold a JSON object.`);
  }
  const { engineKeys, policy, ...settings } = value as Record<string, unknown>;
  return {
    settings,
    engineKeys: readEngineKeys(engineKeys, `engineKeys in ${path}`),
    ...(policy === undefined ? {} : { policy: checkedPolicy(policy, `policy in ${path}`) }),
  };
}

/** Throws FlmError `config_invalid` naming every field that cannot be used. */
function checkedPolicy(raw: unknown, where: string): unknown {
  const parsed = parsePolicy(raw);
  if (parsed.ok) return raw;
  const faults = parsed.problems.map(({ field, message }) => `${field} ${message}`.trim()).join('; ');
  throw new FlmError('config_invalid', `${where} cannot be used: ${faults}.`);
}

/** Keys by base URL. Throws FlmError `config_invalid` naming `where`; never shows a key. */
export function readEngineKeys(value: unknown, where: string): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  const isTable = typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries = isTable ? Object.entries(value) : [];
  const wrong = entries.find(([url, key]) => !URL.canParse(url) || typeof key !== 'string');
  if (!isTable || wrong !== undefined) {
    const what = wrong === undefined ? '' : `; the entry ${JSON.stringify(wrong[0].slice(0, 200))} is not`;
    throw new FlmError('config_invalid', `${where} must map base URLs to keys${what}.`);
  }
  return Object.fromEntries(entries);
}

/** Calls back once a changed file has been quiet for a moment, so that a half-saved one is not read. */
export function watchConfigFile(path: string, onChange: () => void, clock: Clock): Disposable {
  let timer: Timer | undefined;
  const changed = () => {
    timer?.cancel();
    timer = clock.setTimeout(onChange, quietMs);
  };
  watchFile(path, { interval: watchIntervalMs, persistent: false }, changed);
  return {
    dispose: () => {
      timer?.cancel();
      unwatchFile(path, changed);
    },
  };
}
