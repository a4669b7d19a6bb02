import type { Clock } from '../core/clock';
import type { Logger } from '../core/logger';
import type { TlsEvent } from '../core/tls';

/** What the certificate keeper needs from the gateway. */
export interface KeeperDeps {
  /** FLM's private data folder. Everything about certificates lies in its sub-folder `tls`, which is made with mode 0700. */
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Replaces a file so that readers see the old content or the new, never a part. Mode 0600. */
  readonly writeFile: (path: string, content: string) => Promise<void>;
  /** Something for the audit log. */
  readonly onEvent?: (event: TlsEvent) => void;
  /** Names of this machine; default: what the operating system says. */
  readonly hostNames?: () => readonly string[];
  /** Address on which the CA's HTTP question is awaited; default: all. For tests. */
  readonly challengeHost?: string;
  /** 0 ≤ n < 1; default `Math.random`. Spreads renewals, nothing secret. */
  readonly random?: () => number;
}
