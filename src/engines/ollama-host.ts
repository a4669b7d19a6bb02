import { isUnspecifiedAddress, parseAddress } from '../core/address';
import { defaultPorts } from '../core/engine';

/**
 * The base URL that `OLLAMA_HOST` stands for, by Ollama's own rules (envconfig/config.go `Host`, `ConnectableHost`):
 * surrounding spaces and quotes are dropped; a scheme changes the default port to 80 or 443; a port that is none
 * falls back to the scheme's; "every interface" means the loopback to a client. Undefined when it is unset or says
 * nothing that could be connected to.
 */
export function parseOllamaHost(value: string | undefined): string | undefined {
  const text = trimQuotes(value ?? '');
  if (text === '') return undefined;
  if (text === 'ollama.com') return 'https://ollama.com:443';

  const schemeEnd = text.indexOf('://');
  const scheme = schemeEnd === -1 ? 'http' : text.slice(0, schemeEnd).toLowerCase();
  if (scheme !== 'http' && scheme !== 'https') return undefined;
  const defaultPort = schemeEnd === -1 ? defaultPorts.ollama : scheme === 'https' ? 443 : 80;

  const rest = schemeEnd === -1 ? text : text.slice(schemeEnd + 3);
  const slash = rest.indexOf('/');
  const authority = slash === -1 ? rest : rest.slice(0, slash);
  const path = slash === -1 ? '' : rest.slice(slash).replace(/\/+$/, '');

  const [host, portText] = splitHostPort(authority);
  const port = validPort(portText) ?? defaultPort;
  const base = `${scheme}://${urlHost(host)}:${port}${path}`;
  return URL.canParse(base) ? base : undefined;
}

function trimQuotes(value: string): string {
  return value
    .trim()
    .replace(/^["']+|["']+$/g, '')
    .trim();
}

/** `host`, `host:port`, `:port`, `::1`, `[::1]`, `[::1]:port`. */
function splitHostPort(authority: string): readonly [host: string, port: string | undefined] {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(authority);
  if (bracketed) return [bracketed[1] ?? '', bracketed[2]];
  const colons = authority.split(':').length - 1;
  if (colons === 1) {
    const colon = authority.indexOf(':');
    return [authority.slice(0, colon), authority.slice(colon + 1)];
  }
  return [authority, undefined]; // no colon, or a bare IPv6 address
}

function validPort(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port >= 1 && port <= 65535 ? port : undefined; // 0 is valid to bind, never to connect
}

function urlHost(host: string): string {
  if (host === '') return '127.0.0.1';
  const isV6 = host.includes(':');
  if (isUnspecifiedAddress(host)) return isV6 ? '[::1]' : '127.0.0.1';
  return isV6 ? `[${parseAddress(host)?.toString() ?? host}]` : host;
}
