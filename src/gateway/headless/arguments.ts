import { parseArgs } from 'node:util';
import type { ExposureDemand } from '../../core/exposure';
import type { LogLevel } from '../../core/logger';

/** What the command line asks for. */
export interface HeadlessArguments {
  readonly config?: string;
  readonly dataDir?: string;
  /** 0: any free port. */
  readonly port?: number;
  /** Who can reach the proxy. */
  readonly expose?: ExposureDemand;
  readonly logLevel?: LogLevel;
}

export type ParsedArguments =
  | { readonly type: 'run'; readonly arguments: HeadlessArguments }
  /** Make an API key, print it, end. */
  | { readonly type: 'create-key'; readonly label: string; readonly dataDir?: string }
  | { readonly type: 'help' }
  | { readonly type: 'version' }
  /** English, names the argument and what was expected. */
  | { readonly type: 'error'; readonly message: string };

const logLevels: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error'] satisfies readonly LogLevel[];

const options = {
  config: { type: 'string' },
  'data-dir': { type: 'string' },
  port: { type: 'string' },
  expose: { type: 'string' },
  'log-level': { type: 'string' },
  'create-key': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

export const usage = `Usage: node gateway.js [options]

Finds LLM engines on this machine and publishes them through one OpenAI-compatible endpoint.

  --config FILE      settings as JSON, with the names of the flm.* settings; may hold "engineKeys": {"URL": "KEY"}
                     and "policy": {…}, the security policy
  --data-dir DIR     where state is kept (default: the user's data folder); one gateway per folder
  --port N           port to listen on, 0 for any (default 11435; the next free one if it is taken)
  --expose WHO       who can reach it: machine (default), all, or addresses and interfaces of this machine,
                     comma-separated (192.168.1.20,eth0); needs an API key and a certificate (policy tls.mode)
  --log-level L      trace, debug, info, warn or error (default info)
  --create-key LABEL make an API key, print it to standard output this once, and end
  --version          print the version
  --help             print this text

Environment:
  FLM_CONFIG, FLM_DATA_DIR   as --config and --data-dir
  FLM_ENGINE_KEYS            API keys for engines as JSON: {"http://127.0.0.1:8000": "KEY"}

When it serves, it prints one line of JSON to standard output: endpoint, host, port, exposed, pid, engines,
version, dataDir.
Logs go to standard error. A changed configuration file is taken at once; SIGHUP asks for it too.
SIGTERM and SIGINT stop it in order; a second one stops it at once.

Exit codes: 0 stopped in order · 1 failed · 2 bad arguments · 3 bad configuration file
            4 another gateway uses the data folder · 5 cannot listen · 130/143 stopped at once`;

/** Reads the command line. Never throws. */
export function parseArguments(args: readonly string[]): ParsedArguments {
  let values: Partial<Record<keyof typeof options, string | boolean>>;
  try {
    ({ values } = parseArgs({ args: [...args], options, allowPositionals: false, strict: true }));
  } catch (error) {
    // Node's message names the argument; what follows its first sentence is advice about `--`.
    const message = error instanceof Error ? error.message.replace(/\. To specify.*$/s, '.') : String(error);
    return { type: 'error', message };
  }
  if (values.help === true) return { type: 'help' };
  if (values.version === true) return { type: 'version' };
  return checkValues(values as Partial<Record<keyof typeof options, string>>);
}

function checkValues(values: Partial<Record<keyof typeof options, string>>): ParsedArguments {
  for (const [name, value] of Object.entries(values)) {
    if (value.trim() === '') return { type: 'error', message: `--${name} needs a value.` };
  }
  const { config, expose, 'data-dir': dataDir, 'log-level': logLevel } = values;
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && (!/^\d{1,5}$/.test(values.port ?? '') || port > 65_535)) {
    return { type: 'error', message: `--port must be a number from 0 to 65535, not ${JSON.stringify(values.port)}.` };
  }
  if (logLevel !== undefined && !logLevels.includes(logLevel)) {
    return {
      type: 'error',
      message: `--log-level must be one of ${logLevels.join(', ')}, not ${JSON.stringify(logLevel)}.`,
    };
  }
  const label = values['create-key'];
  if (label !== undefined) return { type: 'create-key', label, ...(dataDir === undefined ? {} : { dataDir }) };
  return {
    type: 'run',
    arguments: {
      ...(config === undefined ? {} : { config }),
      ...(dataDir === undefined ? {} : { dataDir }),
      ...(port === undefined ? {} : { port }),
      ...(expose === undefined ? {} : { expose: readExposure(expose) }),
      ...(logLevel === undefined ? {} : { logLevel: logLevel as LogLevel }),
    },
  };
}

function readExposure(text: string): ExposureDemand {
  if (text === 'machine' || text === 'all') return { scope: text };
  const addresses = text.split(',').map((part) => part.trim());
  return { scope: 'interfaces', addresses: addresses.filter((part) => part !== '') };
}
