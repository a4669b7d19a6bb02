import type { Clock } from '../../core/clock';
import type { Engine } from '../../core/engine';
import type { Endpoint, MachineAddress } from '../../core/exposure';
import type { SecurityMode } from '../../core/policy-schema';
import type { Reason } from '../../core/reason';
import type { TlsPolicy, TlsState } from '../../core/tls';
import type { CheckupFinding, ExposureState } from '../../protocol/sharing-rpc';
import type { CheckHttp } from './check-http';
import type { FilePermissions } from './file-permissions';
import type { ForwardedRequests } from './forwarded-watch';

/** What the check-up looks at: taken once, so that all checks speak of the same moment. */
export interface CheckupFacts {
  readonly platform: NodeJS.Platform;
  readonly engines: readonly Engine[];
  /** Of this machine, beyond loopback. */
  readonly addresses: readonly MachineAddress[];
  readonly exposure: ExposureState;
  readonly endpoints: readonly Endpoint[];
  readonly tls: TlsState;
  /** Files and directory that TLS is set to. */
  readonly tlsPolicy: TlsPolicy;
  /** URL of the ACME directory, where one is in use. */
  readonly acmeDirectory?: string;
  /** What the security services do now. */
  readonly mode: SecurityMode;
  readonly trustedProxies: readonly string[];
  /** Folder with everything FLM keeps. */
  readonly dataDir: string;
  /** Loopback requests with forwarding headers, seen lately. */
  readonly forwarded?: ForwardedRequests;
}

/** What checks work with. */
export interface CheckTools {
  readonly http: CheckHttp;
  readonly files: FilePermissions;
  readonly clock: Clock;
}

export interface CheckOutcome {
  readonly findings: readonly CheckupFinding[];
  /** What could not be looked at, and why. */
  readonly skipped?: readonly Reason[];
}

/** One thing to look for. May reject: the others go on, and the report says that this one failed. */
export interface Check {
  /** Name of its findings. */
  readonly id: string;
  run(facts: CheckupFacts, tools: CheckTools, signal: AbortSignal): Promise<CheckOutcome> | CheckOutcome;
}

export const nothingFound: CheckOutcome = { findings: [] };

/** Other machines can reach the proxy. */
export function isExposed({ exposure }: CheckupFacts): boolean {
  return exposure.scope !== 'machine';
}
