import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { GatewayStatus } from '../../../src/editor/gateway-port';
import type { GatewayRequestName, GatewayRequests } from '../../../src/protocol/gateway-rpc';
import { builtGateway } from './built-gateway';

type Line =
  | { readonly type: 'status'; readonly status: GatewayStatus }
  | { readonly type: 'log'; readonly level: string; readonly message: string }
  | { readonly type: 'answer'; readonly id: number; readonly result?: unknown; readonly error?: string }
  | { readonly type: 'unhandled'; readonly error: string };

/** A window in a process of its own, which can be killed as windows are. */
export class Window {
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();
  readonly lines: Line[] = [];
  #nextId = 1;

  private constructor(child: ChildProcess) {
    this.#child = child;
    createInterface({ input: child.stdout! }).on('line', (line) => {
      this.lines.push(JSON.parse(line) as Line);
      for (const check of [...this.#waiting]) check();
    });
    child.stderr!.pipe(process.stderr);
  }

  static async open(dataDir: string, settings: object): Promise<Window> {
    const { windowFile } = await builtGateway();
    return new Window(
      spawn(process.execPath, [windowFile, dataDir, JSON.stringify(settings)], { stdio: ['pipe', 'pipe', 'pipe'] }),
    );
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get status(): GatewayStatus | undefined {
    return this.lines.findLast((line) => line.type === 'status')?.status;
  }

  /** Resolves once the condition holds for the status; the test's own time limit ends the wait. */
  async until(condition: (status: GatewayStatus) => boolean): Promise<GatewayStatus> {
    return new Promise((resolve) => {
      const check = () => {
        const { status } = this;
        if (status === undefined || !condition(status)) return;
        this.#waiting.delete(check);
        resolve(status);
      };
      this.#waiting.add(check);
      check();
    });
  }

  connected(): Promise<GatewayStatus> {
    return this.until(({ phase }) => phase === 'connected');
  }

  async request<N extends GatewayRequestName>(
    name: N,
    params: GatewayRequests[N]['params'],
  ): Promise<GatewayRequests[N]['result']> {
    const id = this.#nextId++;
    this.#child.stdin!.write(`${JSON.stringify({ id, name, params })}\n`);
    const answer = await new Promise<Line & { type: 'answer' }>((resolve) => {
      const check = () => {
        const found = this.lines.find((line) => line.type === 'answer' && line.id === id);
        if (found?.type !== 'answer') return;
        this.#waiting.delete(check);
        resolve(found);
      };
      this.#waiting.add(check);
      check();
    });
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.result as GatewayRequests[N]['result'];
  }

  /** As a crash or the task manager ends it. */
  async kill(): Promise<void> {
    const exit = once(this.#child, 'exit');
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    else return;
    await exit;
  }

  /** As `deactivate` ends it; answers how long it took. */
  async close(): Promise<number> {
    const exit = once(this.#child, 'exit');
    const startedAt = performance.now();
    this.#child.stdin!.write(`${JSON.stringify({ id: 0, name: 'close', params: {} })}\n`);
    await exit;
    return performance.now() - startedAt;
  }
}
