import type { TlsEvent, TlsMaterial, TlsState } from '../core/tls';

/** What a source says of itself to people: never anything of a key. */
export type SourceState = Omit<TlsState, 'mode'>;

/** What goes with it. */
export interface Holding {
  readonly material?: TlsMaterial;
  /** PEM of the local CA. */
  readonly caCertificate?: string;
}

/** Where a source tells what it has. What comes after `stop` is dropped. */
export interface SourceHost {
  publish(state: SourceState, holding?: Holding): void;
  event(event: TlsEvent): void;
}

/**
 * One way to a certificate. Its calls never reject: what goes wrong is published. The keeper makes one call after the
 * other; only `stop` may come at any time.
 */
export interface CertificateSource {
  /** Resolves when the first attempt has ended. */
  start(): Promise<void>;
  /** Other names and addresses of this machine. */
  setNames(names: readonly string[]): Promise<void>;
  renew(): Promise<void>;
  revoke(): Promise<void>;
  stop(): Promise<void>;
}
