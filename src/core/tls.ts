import type { Reason } from './reason';

export const tlsModes = ['off', 'self-signed', 'files', 'acme'] as const;
export type TlsMode = (typeof tlsModes)[number];

/** Directories of ACME servers that are known by name. Any other is given by its URL. */
export const acmeDirectoryNames = ['letsencrypt', 'letsencrypt-staging'] as const;

/** What a TLS server needs, PEM. The key never leaves the gateway. */
export interface TlsMaterial {
  /** Leaf first, then intermediates. */
  readonly cert: string;
  readonly key: string;
}

/** The certificate in use, as people see it. */
export interface CertificateFacts {
  /** Names and addresses it is for. */
  readonly names: readonly string[];
  readonly issuer: string;
  /** Epoch ms. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SHA-256, upper-case hex pairs with colons, as browsers show it. */
  readonly fingerprint: string;
}

export interface TlsState {
  readonly mode: TlsMode;
  /**
   * - `off`: no TLS wanted
   * - `preparing`: a certificate is being made or asked for; there is none yet
   * - `ready`: {@link certificate} is in use
   * - `failed`: there is no usable certificate; `notice` says why
   */
  readonly phase: 'off' | 'preparing' | 'ready' | 'failed';
  readonly certificate?: CertificateFacts;
  /** Epoch ms of the next renewal or attempt, where FLM makes one by itself. */
  readonly renewsAt?: number;
  /** Certificate of the local CA, PEM file on this machine: what clients may be told to trust. */
  readonly caFile?: string;
  /** SHA-256 of the local CA's certificate, as {@link CertificateFacts.fingerprint}. */
  readonly caFingerprint?: string;
  /** A failure, or what a person should know: expires soon, renewal failed and the old one is still in use. */
  readonly notice?: Reason;
  /** Why, where `notice` only says what follows: a new certificate could not be had and the earlier one is in use. */
  readonly cause?: Reason;
}

/** The part of the policy that TLS reads. */
export interface TlsPolicy {
  readonly mode: TlsMode;
  /** Other machines may connect without encryption while `mode` is `off`. */
  readonly plainHttp?: boolean;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly acme_domain?: string;
  readonly acme_email?: string;
  /** The CA's terms of service were accepted by a person. */
  readonly acme_terms?: boolean;
  /** `letsencrypt`, `letsencrypt-staging`, or the URL of a directory (RFC 8555 §7.1.1). */
  readonly acme_directory?: string;
  /** PEM file with the CA of the directory's own TLS certificate, for private CAs. */
  readonly acme_caFile?: string;
  /** Port of the HTTP-01 answers; 80 has to lead there. */
  readonly acme_httpPort?: number;
  /** Program that sets and removes the DNS-01 record; then HTTP-01 is not used, and wildcards are possible. */
  readonly acme_dnsHook?: string;
}

/** What happened to a certificate, for the audit log. Never holds anything of a key. */
export interface TlsEvent {
  /**
   * - `issued`: another certificate is in use from now on
   * - `expires-soon`: 30, 7 or 1 day before the end of a certificate that FLM does not renew
   * - `failed`: a certificate could not be made, asked for or read; an earlier one may still be in use
   * - `revoked`: its CA was told that nobody is to trust it any longer
   */
  readonly kind: 'issued' | 'expires-soon' | 'failed' | 'revoked';
  readonly reason: Reason;
  /** The one in use, or that was revoked. */
  readonly certificate?: CertificateFacts;
}

/** Keeps a certificate ready and current. Made by the lazily loaded TLS bundle. */
export interface CertificateKeeper {
  readonly state: TlsState;
  /** Undefined until there is a usable certificate. */
  material(): TlsMaterial | undefined;
  /** State or material changed. */
  onDidChange(listener: () => void): { dispose(): void };
  /** The local CA's certificate, PEM. Undefined before its first use and where another mode is chosen. */
  caCertificate(): string | undefined;
  /** Begins with these names and addresses; resolves when the first attempt has ended, whatever came of it. */
  start(policy: TlsPolicy, names: readonly string[]): Promise<void>;
  /** Another policy, other addresses of this machine. Running connections keep what they have. */
  configure(policy: TlsPolicy, names: readonly string[]): Promise<void>;
  /** Asks for a new certificate now (self-signed, ACME) or reads the files again. */
  renew(): Promise<void>;
  /**
   * The private key may have got into other hands: an ACME server is told to revoke the certificate in use, then a new
   * one with a new key is made. With `files` the same as `renew`.
   */
  revoke(): Promise<void>;
  /** Ends everything that runs. Resolves when nothing of it is left, within seconds. */
  stop(): Promise<void>;
}
