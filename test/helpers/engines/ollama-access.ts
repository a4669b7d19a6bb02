import { hostname } from 'node:os';
import type { Exchange } from './exchange';
import type { OllamaScript } from './ollama-models';

const originSchemes = [
  'app:',
  'file:',
  'tauri:',
  'vscode-webview:',
  'vscode-file:',
  'chrome-extension:',
  'moz-extension:',
];
const originHosts = new Set(['localhost', '127.0.0.1', '0.0.0.0']);
const privateAddress = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|127\.|0\.0\.0\.0$|::1$|::$|f[cd])/;

/** False when Ollama answers 403 without a body: its Host check (against DNS rebinding) and its Origin check. */
export function isAllowed(exchange: Exchange, script: OllamaScript): boolean {
  const { host, origin } = exchange.request.headers;
  if (script.checksHost !== false && !isAllowedHost(host ?? '')) return false;
  return origin === undefined || isAllowedOrigin(origin, script.allowedOrigins ?? []);
}

function isAllowedHost(header: string): boolean {
  const name = header
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
  return (
    name === '' ||
    name === 'localhost' ||
    name === hostname().toLowerCase() ||
    /\.(localhost|local|internal)$/.test(name) ||
    privateAddress.test(name)
  );
}

function isAllowedOrigin(origin: string, own: readonly string[]): boolean {
  if (own.includes('*') || own.includes(origin)) return true;
  if (originSchemes.some((scheme) => origin.startsWith(`${scheme}//`))) return true;
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && originHosts.has(url.hostname);
}
