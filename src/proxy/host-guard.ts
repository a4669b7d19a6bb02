import { isLoopbackAddress, isUnspecifiedAddress, parseAddress } from '../core/address';

/** What a `Host` header means to the guard. */
export type HostVerdict =
  | { readonly ok: true; /** A literal address that is not this machine's loopback. */ readonly isOutside: boolean }
  | { readonly ok: false; readonly evidence: string };

/**
 * Tells whether a request may be meant for this gateway, from its raw `Host` headers (name, value, name, value …).
 *
 * Threat: DNS rebinding. A web page on `evil.example` lets that name point to 127.0.0.1, and the browser then treats
 * the gateway as the page's own server. Rebinding needs a name, so IP literals pass, `localhost` and `*.localhost`
 * pass (browsers resolve them themselves, RFC 6761 §6.3), any other name must be configured. A missing, empty or
 * repeated header says nothing and is refused (RFC 9112 §3.2; an empty one slipped through at Ollama, PR 17721).
 */
export class HostGuard {
  readonly #allowed: ReadonlySet<string>;

  constructor(allowedHosts: readonly string[]) {
    this.#allowed = new Set(allowedHosts.map((entry) => hostName(entry.trim()) ?? normalizeName(entry)));
  }

  check(rawHeaders: readonly string[]): HostVerdict {
    let host: string | undefined;
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const name = rawHeaders[i];
      if (name?.length !== 4 || name.toLowerCase() !== 'host') continue;
      if (host !== undefined) return { ok: false, evidence: 'more than one Host header' };
      host = rawHeaders[i + 1];
    }
    if (host === undefined || host === '') return { ok: false, evidence: 'no Host header' };
    return this.#checkHost(host);
  }

  #checkHost(host: string): HostVerdict {
    const name = hostName(host);
    if (name === undefined) return { ok: false, evidence: host.slice(0, 100) };
    if (name === 'localhost' || name.endsWith('.localhost')) return { ok: true, isOutside: false };
    if (parseAddress(name) !== undefined) {
      return { ok: true, isOutside: !isLoopbackAddress(name) && !isUnspecifiedAddress(name) };
    }
    return this.#allowed.has(name) ? { ok: true, isOutside: false } : { ok: false, evidence: host.slice(0, 100) };
  }
}

/** The name or literal of `host[:port]`, normalised; undefined for anything else. */
function hostName(host: string): string | undefined {
  const parts = /^(\[[0-9a-fA-F:.]+\]|[^\s:/?#@[\]\\]+)(?::(\d{1,5}))?$/.exec(host);
  return parts?.[1] === undefined ? undefined : normalizeName(parts[1]);
}

/** Lower case, without the root dot that `localhost.` may carry. */
function normalizeName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
