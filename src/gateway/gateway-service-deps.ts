import type { Clock } from '../core/clock';
import type { Measurements } from '../core/measurements';
import type { GatewayNotificationName, GatewayNotifications } from '../protocol/gateway-rpc';
import type { DesiredStateFile } from './desired-state';
import type { EngineKeyRing } from './engine-key-ring';
import type { Engines, ExposureControl, Guardian } from './gateway-ports';
import type { HttpCall } from './http-call';
import type { LeveledLogger } from './log-lines';
import type { ProtectionHandlers } from './protection/protection-handlers';
import type { ProxyController } from './proxy/proxy-controller';
import type { Sharing } from './sharing';
import type { SharingHandlers } from './sharing-handlers';
import type { Windows } from './windows/windows';

/** The demo engine as the gateway uses it. */
export interface Demo {
  /** Resolves to its base URL. */
  start(port?: number): Promise<string>;
  stop(): Promise<void>;
}

export interface GatewayServiceDeps {
  readonly engines: Engines;
  readonly proxy: ProxyController;
  readonly demo: Demo;
  readonly guardian: Guardian;
  /** Requests about keys, records, blocks and the policy. */
  readonly protectionHandlers: ProtectionHandlers;
  readonly exposure: ExposureControl;
  /** Ends what is over and asks for the exposure of the others. */
  readonly shares: { start(): Promise<void>; dispose(): void };
  readonly sharing: Sharing;
  /** Requests about exposure, TLS, shares and the check-up. */
  readonly sharingHandlers: SharingHandlers;
  readonly windows: Windows;
  readonly keys: EngineKeyRing;
  readonly measurements: () => Measurements;
  /** Undefined: nothing is remembered (headless, where the command line says what is on). */
  readonly desired?: DesiredStateFile;
  readonly clock: Clock;
  readonly logger: LeveledLogger;
  readonly call?: HttpCall;
  /** Sends to every window that proved its token. */
  readonly notify: <N extends GatewayNotificationName>(name: N, params: GatewayNotifications[N]) => void;
  /** A newer window wants the place: end soon. */
  readonly onYield: (version: string) => void;
}
