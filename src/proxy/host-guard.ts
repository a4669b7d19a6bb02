import { isLoopbackAddress, isUnspecifiedAddress, parseAddress } from '../core/address';

/** What a `Host` header means to the guard. */
export type HostVerdict =
  | {
      readonly ok: true;
      /** Normalised, without brackets and port. */
      readonly name: string;
      /** A literal address that is not this machine's loopback, or a name that this gateway is told to others by. */
      readonly isOutside: boolean;
    }
  | { readonly ok: false; readonly evidence: string };

/** Hosts remembered with their verdict; others are read anew each time. */
const maxKnown = 64;
const longestKnown = 128;

/**
 * Tells whether a request may be meant for this gateway, from its raw `Host` headers (name, value, name, value …).
 *
 * Threat: DNS rebinding. A web page on `evil.example` lets that name point to 127.0.0.1, and the browser then treats
 * the gateway as the page's own server. Rebinding needs a name, so IP literals pass, `localhost` and `*.localhost`
 * pass (browsers resolve them themselves, RFC 6761 §6.3), any other name must be configured. A missing, empty or
 * repeated header says nothing and is refused (RFC 9112 §3.2; an empty one slipped through at Ollama, PR 17721).
 *
 * Names by which this gateway is announced (its domain, this machine's host name) pass as well, but a request for one
 * never counts as local: whoever answers for `*.local` in this network, or for a name in its search domain, can point
 * ours to 127.0.0.1 and load a page under it, which then still has no API key.
 */
export class HostGuard {
  readonly #allowed: ReadonlySet<string>;
  /** Clients send the same few again and again; reading one, addresses above all, takes 3 µs. */
  readonly #known = new Map<string, HostVerdict>();
  readonly #announced: ReadonlySet<string>;

  /** @param announced lower-case names; `*.example.org` stands for one label before it */
  constructor(allowedHosts: readonly string[], announced: readonly string[] = []) {
    this.#allowed = new Set(allowedHosts.map((entry) => hostName(entry.trim()) ?? normalizeName(entry)));
    this.#announced = new Set(announced.map(normalizeName));
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
    const known = this.#known.get(host);
    if (known !== undefined) return known;
    const verdict = this.#checkHost(host);
    if (this.#known.size < maxKnown && host.length <= longestKnown) this.#known.set(host, verdict);
    return verdict;
  }

  #checkHost(host: string): HostVerdict {
    const given = hostName(host);
    if (given === undefined) return { ok: false, evidence: host.slice(0, 100) };
    const name = given.replace(/^\[(.*)\]$/, '$1');
    if (name === 'localhost' || name.endsWith('.localhost')) return { ok: true, name, isOutside: false };
    if (parseAddress(name) !== undefined) {
      return { ok: true, name, isOutside: !isLoopbackAddress(name) && !isUnspecifiedAddress(name) };
    }
    if (this.#allowed.has(name)) return { ok: true, name, isOutside: false };
    if (matchesName(this.#announced, name)) return { ok: true, name, isOutside: true };
    return { ok: false, evidence: host.slice(0, 100) };
  }
}

/** Whether the name, or its wildcard, is among these. */
export function matchesName(names: ReadonlySet<string>, name: string): boolean {
  if (names.size === 0 || name.startsWith('*')) return false;
  return names.has(name) || names.has(name.replace(/^[^.]+\./, '*.'));
}

/** The name or literal of `host[:port]`, normalised; undefined for anything else. */
function hostName(host: string): string | undefined {
  const parts = /^(\[[0-9a-fA-F:.]+\]|[^\s:/?#@[\]\\%]+)(?::(\d{1,5}))?$/.exec(host);
  return parts?.[1] === undefined ? undefined : normalizeName(parts[1]);
}

/** Lower case, without the root dot that `localhost.` may carry. */
function normalizeName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
