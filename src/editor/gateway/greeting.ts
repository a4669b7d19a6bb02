import type { Logger } from '../../core/logger';
import type { GatewayLease } from '../../protocol/gateway-lease';
import { protocolVersion, type HelloResult } from '../../protocol/gateway-rpc';
import type { PipeConnection } from './pipe-connection';

const helloTimeoutMs = 5_000;

/** What a window says of itself. */
export interface Introduction {
  readonly version: string;
  /** Raw `flm.*` settings of this window, asked for at every connection. */
  readonly settings: () => unknown;
  /** API keys of engines by base URL, asked for at every connection. */
  readonly engineKeys: () => Promise<Readonly<Record<string, string>>>;
  readonly log: Logger;
}

/** Says hello. Undefined: no answer in time. */
export async function greet(
  connection: PipeConnection,
  { token }: GatewayLease,
  { version, settings, engineKeys, log }: Introduction,
): Promise<HelloResult | undefined> {
  const hello = { token, protocolVersion, version, settings: settings(), engineKeys: await engineKeys() };
  return connection.request('hello', hello, helloTimeoutMs).catch((error: unknown) => {
    log.debug('The gateway did not answer a hello.', { error });
    return undefined;
  });
}
