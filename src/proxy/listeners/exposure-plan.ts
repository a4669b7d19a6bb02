import type { TlsOptions } from 'node:tls';

/** Where the proxy is to listen beyond this machine's loopback, and how. Replaced as a whole. */
export interface ExposurePlan {
  /** Addresses of this machine; link-local IPv6 ones with their zone (`fe80::1%eth0`). */
  readonly addresses: readonly string[];
  /** Certificate, key and protocol choices; another `cert` or `key` replaces what is in use. Undefined: plain HTTP. */
  readonly tls?: TlsOptions;
  /** Host names under which clients are told to come, `*.example.org` included. */
  readonly names: readonly string[];
  /** Of these, the ones that a browser may be told to call by HTTPS only (HSTS, RFC 6797): publicly known ones. */
  readonly strictNames: readonly string[];
}

/** An address on which the proxy was to listen and does not. */
export interface ListenFailure {
  readonly address: string;
  readonly message: string;
}

/** Loopback only. */
export const closedPlan: ExposurePlan = { addresses: [], names: [], strictNames: [] };
