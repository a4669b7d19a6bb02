import type { IncomingHttpHeaders } from 'node:http';

/** What a request says about the web page behind it. */
export type OriginVerdict =
  /** No page: a program. */
  | { readonly type: 'none' }
  /** A page of an origin that is configured. */
  | { readonly type: 'allowed'; readonly origin: string }
  | { readonly type: 'refused'; readonly evidence: string };

const none: OriginVerdict = { type: 'none' };

/**
 * Keeps web pages out, except those of `flm.proxy.corsOrigins`.
 *
 * Threat: any page the user visits can send requests to loopback, and «simple» ones are sent even where the browser
 * hides the answer. Every browser marks them with `Origin` (all POSTs) or `Sec-Fetch-Site` (the rest). An origin equal
 * to the Host proves nothing (that is what rebinding yields), and this gateway serves no pages of its own, so there is
 * no same-origin exception. Other pages on loopback (`http://localhost:3000`) and webviews of VS Code need an entry
 * too. Entries are exact origins; `vscode-webview://*` (any scheme but the web's) covers origins that change with
 * every window. A lone `*` is not understood: it would open the machine to every page.
 */
export class OriginGuard {
  readonly #exact: ReadonlySet<string>;
  readonly #schemes: readonly string[];

  constructor(corsOrigins: readonly string[]) {
    const entries = corsOrigins.map((entry) => entry.trim().toLowerCase().replace(/\/$/, ''));
    this.#exact = new Set(entries.filter((entry) => !entry.includes('*') && entry !== 'null'));
    this.#schemes = entries
      .filter((entry) => /^[a-z][a-z0-9+.-]*:\/\/\*$/.test(entry) && !/^(https?|file|data|blob):/.test(entry))
      .map((entry) => entry.slice(0, -1));
  }

  check(headers: IncomingHttpHeaders): OriginVerdict {
    const origin = headers.origin;
    if (origin === undefined) {
      const site = headers['sec-fetch-site'];
      const isOtherPage = site === 'cross-site' || site === 'same-site';
      return isOtherPage ? { type: 'refused', evidence: `Sec-Fetch-Site: ${site}` } : none;
    }
    const normal = origin.toLowerCase();
    const isAllowed = this.#exact.has(normal) || this.#schemes.some((scheme) => normal.startsWith(scheme));
    return isAllowed ? { type: 'allowed', origin } : { type: 'refused', evidence: `Origin: ${origin.slice(0, 100)}` };
  }
}
