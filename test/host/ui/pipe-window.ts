import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../../src/core/clock';
import { readLease } from '../../../src/editor/gateway/lease-reader';
import { PipeConnection } from '../../../src/editor/gateway/pipe-connection';
import {
  protocolVersion,
  type GatewayRequestName,
  type GatewayRequests,
  type GatewayState,
} from '../../../src/protocol/gateway-rpc';

const answerTimeoutMs = 15_000;
const patienceMs = 30_000;
const lookAgainMs = 50;

/** The gateway of an editor under test over its pipe, as one more window has it, without a workbench. */
export class PipeWindow {
  readonly #pipe: PipeConnection;
  #state: GatewayState;

  private constructor(pipe: PipeConnection, state: GatewayState) {
    this.#pipe = pipe;
    this.#state = state;
  }

  /** Follows what is told of sharing. `dataDir`: the global storage of the editor's windows, one of which must be open. */
  static async connect(dataDir: string): Promise<PipeWindow> {
    const seen = await readLease(dataDir);
    if (seen === undefined) throw new Error(`There is no lease in ${dataDir}.`);
    const { pipe: path, token, version } = seen.lease;
    const pipe = await PipeConnection.open(path, systemClock);
    const newer: Partial<GatewayState>[] = [];
    let update = (change: Partial<GatewayState>): void => void newer.push(change);
    pipe.on('sharing/changed', (sharing) => update({ sharing }));
    pipe.listen();
    const hello = await pipe.request('hello', { token, protocolVersion, version }, answerTimeoutMs);
    if (!hello.ok) throw new Error(`The gateway does not take us: ${hello.cause}`);
    const window = new PipeWindow(pipe, Object.assign({}, hello.state, ...newer) as GatewayState);
    update = (change) => (window.#state = { ...window.#state, ...change });
    return window;
  }

  get state(): GatewayState {
    return this.#state;
  }

  request<N extends GatewayRequestName>(
    name: N,
    params: GatewayRequests[N]['params'],
  ): Promise<GatewayRequests[N]['result']> {
    return this.#pipe.request(name, params, answerTimeoutMs);
  }

  /** The state as soon as it satisfies the condition; rejects after 30 s and says what it was then. */
  async stateWhere(what: string, condition: (state: GatewayState) => boolean): Promise<GatewayState> {
    const deadline = Date.now() + patienceMs;
    while (!condition(this.#state)) {
      if (Date.now() > deadline) {
        throw new Error(`${what}: not within ${patienceMs / 1000} s. ${JSON.stringify(this.#state.sharing)}`);
      }
      await delay(lookAgainMs);
    }
    return this.#state;
  }

  close(): void {
    this.#pipe.dispose();
  }
}
