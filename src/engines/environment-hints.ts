import { isUnspecifiedAddress } from '../core/address';
import { defaultPorts, type EngineSource } from '../core/engine';
import { normalizeBaseUrl } from './base-url';
import type { HostEnvironment } from './host-environment';
import { readLmStudioFiles } from './lmstudio-files';
import { parseOllamaHost } from './ollama-host';

/** An address that the machine's own settings name. */
export interface AddressHint {
  readonly baseUrl: string;
  readonly source: EngineSource;
  /** Variable or file, for people. */
  readonly detail: string;
}

const commandTimeoutMs = 1000;

/** Environment of this process and LM Studio's files: milliseconds. */
export async function readQuickHints(host: HostEnvironment): Promise<readonly AddressHint[]> {
  const lmStudio = await readLmStudioFiles(host);
  const lmHost = host.env('LMS_SERVER_HOST')?.trim();
  const lmPort = lmStudio.port ?? defaultPorts.lmstudio;
  return [
    ...hint(parseOllamaHost(host.env('OLLAMA_HOST')), 'environment', 'OLLAMA_HOST'),
    ...hint(llamaBase(host), 'environment', 'LLAMA_ARG_HOST / LLAMA_ARG_PORT'),
    ...(lmHost === undefined || lmHost === '' ? [] : hint(hostPort(lmHost, lmPort), 'environment', 'LMS_SERVER_HOST')),
    ...(lmStudio.port === undefined
      ? []
      : hint(hostPort('127.0.0.1', lmStudio.port), 'config-file', lmStudio.portFile ?? '')),
  ];
}

/**
 * Where Ollama's service or app gets its `OLLAMA_HOST` from, which need not be in this process's environment: systemd's
 * unit on Linux, launchd on macOS. Starts one program; up to a second.
 */
export async function readServiceHints(host: HostEnvironment): Promise<readonly AddressHint[]> {
  if (host.platform === 'darwin') {
    const value = await host.run('launchctl', ['getenv', 'OLLAMA_HOST'], commandTimeoutMs);
    return hint(parseOllamaHost(value), 'environment', 'OLLAMA_HOST (launchctl)');
  }
  if (host.platform === 'linux') {
    const shown = await host.run('systemctl', ['show', 'ollama', '-p', 'Environment'], commandTimeoutMs);
    return hint(parseOllamaHost(systemdVariable(shown ?? '', 'OLLAMA_HOST')), 'environment', 'OLLAMA_HOST (systemd)');
  }
  return []; // Windows: user and system variables are in every process's environment
}

/** One variable out of `Environment=A=1 "B=two words" C=3`. */
export function systemdVariable(output: string, name: string): string | undefined {
  const line = /^Environment=(.*)$/m.exec(output)?.[1] ?? '';
  for (const [, quoted, bare] of line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)) {
    const assignment = quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '';
    if (assignment.startsWith(`${name}=`)) return assignment.slice(name.length + 1);
  }
  return undefined;
}

function llamaBase(host: HostEnvironment): string | undefined {
  const port = host.env('LLAMA_ARG_PORT')?.trim() ?? '';
  const name = host.env('LLAMA_ARG_HOST')?.trim() ?? '';
  if (port === '' && name === '') return undefined;
  if (name.endsWith('.sock')) return undefined; // a Unix socket
  const number = port === '' ? defaultPorts.llamacpp : Number(port);
  return hostPort(name === '' ? '127.0.0.1' : name, number);
}

function hostPort(host: string, port: number): string | undefined {
  if (!Number.isInteger(port) || port < 1 || port > 65535) return undefined;
  const isV6 = host.includes(':') && !host.startsWith('[');
  const target = isUnspecifiedAddress(host) ? (isV6 ? '[::1]' : '127.0.0.1') : isV6 ? `[${host}]` : host;
  return normalizeBaseUrl(`http://${target}:${port}`);
}

function hint(baseUrl: string | undefined, source: EngineSource, detail: string): readonly AddressHint[] {
  const normal = baseUrl === undefined ? undefined : normalizeBaseUrl(baseUrl);
  return normal === undefined ? [] : [{ baseUrl: normal, source, detail }];
}
