import { join } from 'node:path';
import { GatewayClient, type GatewayClientOptions } from './gateway/gateway-client';
import { NodeWorkerLauncher } from './gateway/worker-launcher';
import type { GatewayPort } from './gateway-port';

/** `distDir` is the folder of `gateway.js`. */
export type GatewayConnectOptions = Omit<GatewayClientOptions, 'launcher'> & { readonly distDir: string };

/** The one gateway of this user, run by a worker thread of this window or of another. */
export function connectGateway({ distDir, ...options }: GatewayConnectOptions): GatewayPort {
  return new GatewayClient({ ...options, launcher: new NodeWorkerLauncher(join(distDir, 'gateway.js')) });
}
