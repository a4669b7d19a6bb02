import { connect, type Socket } from 'node:net';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import type { Clock } from '../../core/clock';
import type { Disposable } from '../../core/disposable';
import { errorCodes, FlmError, messageOf, type ErrorCode } from '../../core/errors';
import type {
  GatewayNotificationName,
  GatewayNotifications,
  GatewayRequestName,
  GatewayRequests,
} from '../../protocol/gateway-rpc';

const connectTimeoutMs = 2_000;

/**
 * One connection to a gateway. Typed, with a time limit on every request; ends as one thing, whichever side ends it:
 * requests under way are then rejected with FlmError `internal_error`.
 */
export class PipeConnection implements Disposable {
  readonly #socket: Socket;
  readonly #connection: MessageConnection;
  readonly #clock: Clock;
  /** Resolves when the connection is over. */
  readonly closed: Promise<void>;

  private constructor(socket: Socket, connection: MessageConnection, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    this.#connection = connection;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#connection.dispose());
    this.#connection.onError(() => socket.destroy());
  }

  /** Rejects with Node's error when nobody listens there. */
  static async open(pipe: string, clock: Clock): Promise<PipeConnection> {
    // Not before a gateway is wanted: a window that nobody looks at in needs no JSON-RPC.
    const { jsonRpcOver } = await import('./json-rpc');
    return new Promise((resolve, reject) => {
      const socket = connect(pipe);
      const timer = clock.setTimeout(() => socket.destroy(new Error('connection timed out')), connectTimeoutMs);
      socket.once('error', reject);
      socket.once('close', () => timer.cancel());
      socket.once('connect', () => {
        timer.cancel();
        socket.off('error', reject);
        resolve(new PipeConnection(socket, jsonRpcOver(socket), clock));
      });
    });
  }

  /** To be called once all notifications have their handlers. */
  listen(): void {
    this.#connection.listen();
  }

  on<N extends GatewayNotificationName>(name: N, handler: (params: GatewayNotifications[N]) => void): void {
    this.#connection.onNotification(name, handler);
  }

  async request<N extends GatewayRequestName>(
    name: N,
    params: GatewayRequests[N]['params'],
    timeoutMs: number,
  ): Promise<GatewayRequests[N]['result']> {
    let giveUp: (error: FlmError) => void = () => undefined;
    const limit = new Promise<never>((_, reject) => (giveUp = reject));
    const timer = this.#clock.setTimeout(
      () => giveUp(new FlmError('internal_error', `The gateway did not answer ${name} within ${timeoutMs / 1000} s.`)),
      timeoutMs,
    );
    try {
      return await Promise.race([this.#connection.sendRequest<GatewayRequests[N]['result']>(name, params), limit]);
    } catch (error) {
      throw toFlmError(error);
    } finally {
      timer.cancel();
    }
  }

  dispose(): void {
    this.#socket.destroy();
    this.#connection.dispose();
  }
}

function toFlmError(error: unknown): FlmError {
  if (FlmError.is(error)) return error;
  const { code } = (error as { readonly data?: { readonly code?: unknown } | null }).data ?? {};
  const isKnown = typeof code === 'string' && Object.hasOwn(errorCodes, code);
  return new FlmError(isKnown ? (code as ErrorCode) : 'internal_error', messageOf(error), { cause: error });
}
