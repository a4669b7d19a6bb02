import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { builtGateway } from './built-gateway';

/** The line of JSON a headless gateway prints when it serves. */
export interface ServingLine {
  readonly endpoint: string;
  readonly host: string;
  readonly port: number;
  /** Addresses beyond loopback. */
  readonly exposed: readonly string[];
  readonly pid: number;
  readonly engines: number;
  readonly version: string;
  readonly dataDir: string;
}

/** `node gateway.js …` as scripts run it. */
export class HeadlessProcess {
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown[]>;
  stdout = '';
  stderr = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#exit = once(child, 'close');
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
  }

  /** @param within what to put before the command: another network namespace, say */
  static async start(
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
    within: readonly string[] = [],
  ): Promise<HeadlessProcess> {
    const { gatewayFile } = await builtGateway();
    const [command, ...rest] = [...within, process.execPath];
    return new HeadlessProcess(
      spawn(command, [...rest, gatewayFile, ...args], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  }

  /** Resolves with the line; rejects with what it wrote when it ends instead. */
  async serving(): Promise<ServingLine> {
    const line = new Promise<ServingLine>((resolve) => {
      const check = () => {
        const end = this.stdout.indexOf('\n');
        if (end >= 0) resolve(JSON.parse(this.stdout.slice(0, end)) as ServingLine);
      };
      this.#child.stdout!.on('data', check);
      check();
    });
    const ended = this.#exit.then(() => Promise.reject(new Error(`It ended.\n${this.stderr}`)));
    ended.catch(() => undefined);
    return await Promise.race([line, ended]);
  }

  /** Resolves once it has written such a log line. */
  async logged(pattern: RegExp): Promise<void> {
    await new Promise<void>((resolve) => {
      const check = () => {
        if (pattern.test(this.stderr)) resolve();
      };
      this.#child.stderr!.on('data', check);
      check();
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The exit code, or the signal that ended it. */
  async ended(): Promise<number | string | null> {
    await this.#exit;
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.#exit;
  }
}
