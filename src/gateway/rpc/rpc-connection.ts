import type { Socket } from 'node:net';
import {
  createMessageConnection,
  ErrorCodes,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import type { Clock } from '../../core/clock';
import { FlmError, messageOf, type ErrorCode } from '../../core/errors';
import type { Logger } from '../../core/logger';
import {
  protocolVersion,
  type GatewayNotificationName,
  type GatewayNotifications,
  type GatewayRequests,
  type HelloResult,
} from '../../protocol/gateway-rpc';
import { FrameLimit } from './frame-limit';
import type { RpcHandlers, RpcPeer, RpcService } from './rpc-handlers';
import { isRequestName, readParams } from './rpc-params';
import { isSameToken } from './token';

/** Settings with a thousand aliases are some hundred kB. */
const maxMessageBytes = 4 * 1024 * 1024;
/** A window that does not read for so long that this piles up is cut off; it comes back and gets the state anew. */
const maxUnsentBytes = 64 * 1024 * 1024;
const maxOpenRequests = 64;
/** The answer "wrong token" gets that long to leave before the connection ends. */
const refusalLingerMs = 100;
/** From connecting to a proven token. */
const greetingTimeoutMs = 5_000;

export interface RpcConnectionDeps {
  readonly token: string;
  readonly version: string;
  readonly service: RpcService;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The data of an error answer: the stable code for programs. The message is for logs. */
export interface RpcErrorData {
  readonly code: ErrorCode;
}

const requestFailed = -32_000;

/**
 * One window's end of the pipe. Nothing is sent and nothing but `hello` and `yield` is answered until the token is
 * proven. This is the RPC's catch-all for errors: logged with context, answered without internals.
 */
export class RpcConnection implements RpcPeer {
  readonly id: number;
  readonly #socket: Socket;
  readonly #deps: RpcConnectionDeps;
  readonly #connection: MessageConnection;
  readonly #onClose: () => void;
  #isGreeted = false;
  #isClosed = false;
  #openRequests = 0;

  constructor(id: number, socket: Socket, onClose: () => void, deps: RpcConnectionDeps) {
    this.id = id;
    this.#socket = socket;
    this.#onClose = onClose;
    this.#deps = deps;
    this.#connection = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
  }

  get isGreeted(): boolean {
    return this.#isGreeted;
  }

  /** Starts to listen. */
  start(): void {
    const limit = new FrameLimit(maxMessageBytes);
    this.#socket.on('data', (chunk: Buffer) => {
      if (!limit.accept(chunk)) this.#cutOff('sent a message without a valid frame or one that is too large');
    });
    this.#socket.on('error', (error) => this.#deps.logger.debug('A window connection failed.', { error }));
    this.#socket.once('close', () => this.#closed());
    const timer = this.#deps.clock.setTimeout(() => {
      if (!this.#isGreeted) this.#cutOff('did not say hello in time');
    }, greetingTimeoutMs);
    this.#socket.once('close', () => timer.cancel());
    this.#connection.onError(([error]) => this.#cutOff(messageOf(error)));
    this.#connection.onRequest((name: string, params: unknown) => this.#answer(name, params));
    this.#connection.listen();
  }

  /** Tells the window something, if it may know. Never rejects: a broken pipe shows as a closed one. */
  notify<N extends GatewayNotificationName>(name: N, params: GatewayNotifications[N]): void {
    if (!this.#isGreeted || this.#isClosed) return;
    if (this.#socket.writableLength > maxUnsentBytes) {
      this.#cutOff('does not read what it is sent');
      return;
    }
    this.#connection.sendNotification(name, params).catch((error: unknown) => {
      this.#deps.logger.debug('A notification could not be sent.', { name, error });
    });
  }

  /** Ends the connection once what was written has left, after 500 ms at the latest. */
  close(): void {
    if (this.#isClosed) return;
    this.#socket.end();
    const timer = this.#deps.clock.setTimeout(() => this.#socket.destroy(), 500);
    this.#socket.once('close', () => timer.cancel());
  }

  async #answer(name: string, params: unknown): Promise<unknown> {
    if (this.#openRequests >= maxOpenRequests) throw toResponseError(new FlmError('rate_limited', 'Too many at once.'));
    this.#openRequests += 1;
    try {
      return (await this.#dispatch(name, params)) ?? null;
    } catch (error) {
      if (error instanceof ResponseError) throw error;
      if (FlmError.is(error)) throw toResponseError(error);
      this.#deps.logger.error(`The request ${name} failed.`, { error });
      throw toResponseError(new FlmError('internal_error', 'The gateway failed to answer; its log says why.'));
    } finally {
      this.#openRequests -= 1;
    }
  }

  async #dispatch(name: string, params: unknown): Promise<unknown> {
    if (!isRequestName(name)) {
      throw new ResponseError<RpcErrorData>(ErrorCodes.MethodNotFound, `There is no request ${name.slice(0, 80)}.`, {
        code: 'not_found',
      });
    }
    if (name === 'hello') return this.#hello(readParams(name, params));
    if (name === 'yield') return this.#yield(readParams(name, params));
    if (!this.#isGreeted) throw new FlmError('key_missing', 'Say hello first.');
    return this.#handle(name, params);
  }

  #handle<N extends keyof RpcHandlers>(name: N, params: unknown): ReturnType<RpcHandlers[N]> {
    // Each row fits its name by its type; TypeScript cannot see that through the index.
    const handler = this.#deps.service.handlers[name] as (params: unknown, peer: RpcPeer) => ReturnType<RpcHandlers[N]>;
    return handler(readParams(name, params), this);
  }

  async #hello(hello: GatewayRequests['hello']['params']): Promise<HelloResult> {
    const { version, token, service } = this.#deps;
    if (!isSameToken(hello.token, token)) {
      this.#deps.logger.warn('A connection with a wrong token was refused.');
      this.#deps.clock.setTimeout(() => this.close(), refusalLingerMs);
      return { ok: false, cause: 'token', version };
    }
    if (hello.protocolVersion !== protocolVersion) {
      return { ok: false, cause: hello.protocolVersion < protocolVersion ? 'newer-gateway' : 'older-gateway', version };
    }
    const isFirst = !this.#isGreeted;
    await service.greeted(this, hello);
    if (this.#isClosed) {
      if (isFirst) service.left(this);
    } else this.#isGreeted = true;
    return { ok: true, version, state: service.state() };
  }

  #yield(request: GatewayRequests['yield']['params']): null {
    if (!isSameToken(request.token, this.#deps.token)) throw new FlmError('key_invalid', 'The token is wrong.');
    if (request.protocolVersion !== undefined && request.protocolVersion <= protocolVersion) {
      throw new FlmError('version_mismatch', 'Only a newer FLM may take this place.');
    }
    this.#deps.service.yieldTo(request.version);
    return null;
  }

  #cutOff(why: string): void {
    if (this.#isClosed) return;
    this.#deps.logger.warn(`A window connection was ended: it ${why}.`);
    this.#socket.destroy();
  }

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#connection.dispose();
    if (this.#isGreeted) this.#deps.service.left(this);
    this.#onClose();
  }
}

function toResponseError(error: FlmError): ResponseError<RpcErrorData> {
  const number = error.code === 'invalid_request' ? ErrorCodes.InvalidParams : requestFailed;
  return new ResponseError(number, error.message, { code: error.code });
}
