import type { Event } from '../core/emitter';
import type { FlmConfig } from '../core/config-schema';
import type { Catalog } from '../core/catalog';
import type { EnginesSnapshot } from '../core/engine';
import type { AuditEvent, AuditKind } from '../core/audit';
import type { Engine } from '../core/engine';
import type { EngineProbeResult } from '../protocol/gateway-rpc';
import type { ExposurePlan, ListenFailure } from '../proxy/listeners/exposure-plan';
import type { SecuritySummary } from '../protocol/security-rpc';

/** What the gateway wants from the engines, without knowing how they are found. */
export interface Engines {
  /** Published models, for the proxy and the diagnosis. */
  readonly catalog: Catalog;
  readonly onDidChange: Event<EnginesSnapshot>;
  /** Begins to look; the first round follows at once. Needs no storage. */
  start(): void;
  /** The storage is open: shows the engines of the last run, as far as they have not been seen, and keeps new ones. */
  remember(): void;
  /** No probe runs afterwards. */
  stop(): Promise<void> | void;
  snapshot(): EnginesSnapshot;
  /** Probes everything again; resolves when the round has ended. */
  refresh(): Promise<EnginesSnapshot>;
  /** Somebody looks or the proxy runs: poll. Otherwise: don't. */
  setActive(active: boolean): void;
  configure(config: FlmConfig): void;
  /** The API key for that address is another now. */
  keysChanged(baseUrl: string): void;
  /** Looks at one address without keeping it. */
  probeAddress(url: string): Promise<EngineProbeResult>;
  /** Shows the demo engine at that address; undefined: takes it away. */
  setDemo(baseUrl: string | undefined): void;
}

/** One listening proxy. */
export interface OpenedProxy {
  readonly port: number;
  readonly inFlight: number;
  /** Since it was opened. */
  readonly requests: number;
  /** `inFlight` or `requests` changed. May fire thousands of times a second. */
  readonly onDidChange: Event<void>;
  /** Addresses beyond this machine's loopback on which it listens, too. */
  readonly exposed: readonly string[];
  /** Takes a configuration with the same port. */
  configure(config: FlmConfig): void;
  /**
   * Listens beyond loopback exactly as planned; what is closed takes nothing more, its running answers may end. Answers
   * the addresses that could not be opened. One call at a time.
   */
  expose(plan: ExposurePlan): Promise<readonly ListenFailure[]>;
  /**
   * Waits up to `drainMs` for running requests, ends the others with an error event. Resolves when the port is free, in
   * about half a second after `drainMs` at the latest.
   */
  close(drainMs: number): Promise<void>;
}

/**
 * Opens a proxy on this machine's loopback, on that port or the next free one; port 0: any. Rejects with FlmError
 * `port_in_use` when none is free.
 */
export type OpenProxy = (config: FlmConfig, port: number) => Promise<OpenedProxy>;

/** The engines as last seen, for the first moment of the next start. Neither call rejects. */
export interface EngineCache {
  load(): Promise<readonly Engine[]>;
  save(engines: readonly Engine[]): Promise<void>;
}

/** Who can reach the proxy, as the gateway's behaviour needs it. */
export interface ExposureControl {
  /** After the guardian's start. */
  start(config: FlmConfig): void;
  configure(config: FlmConfig): void;
  /** After the proxy's end. Never rejects. */
  stop(): Promise<void>;
}

/** Keys, storage and security services, as the gateway's behaviour needs them. */
export interface Guardian {
  /** Blocks, keys, load, storage or mode changed. May fire often. */
  readonly onDidChange: Event<void>;
  /** Never rejects. */
  start(): Promise<void>;
  /** Comes last: what others still record is kept. Never rejects. */
  stop(): Promise<void>;
  summary(): SecuritySummary;
  record(kind: AuditKind, details?: AuditEvent['details'], severity?: AuditEvent['severity']): void;
}
