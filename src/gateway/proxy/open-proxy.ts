import { createServer } from 'node:net';
import type { Clock } from '../../core/clock';
import type { FlmConfig } from '../../core/config-schema';
import type { Disposable } from '../../core/disposable';
import { Emitter } from '../../core/emitter';
import type { ProxyDeps } from '../../proxy/proxy-deps';
import { createProxy, type ProxyServer } from '../../proxy/proxy-server';
import type { OpenedProxy, OpenProxy } from '../gateway-ports';

export interface ProxyOpenerDeps extends Omit<ProxyDeps, 'config'> {
  /** Called before a listener opens there; disposed once it is closed, or could not open. */
  readonly listens: (host: string) => Disposable;
  /** What the settings mean together with the security policy, asked whenever either changed. */
  readonly withPolicy: (config: FlmConfig) => FlmConfig;
}

/** Opens real proxies: one {@link ProxyServer} per listening address, so that an old one can drain beside a new one. */
export function proxyOpener({ listens, withPolicy, ...deps }: ProxyOpenerDeps): OpenProxy {
  return async (config, host, port) => {
    const exposure = listens(host);
    const server = createProxy({ ...deps, config: withPolicy(config) });
    try {
      const listening = await server.listen(host, port);
      return new ListeningProxy(server, listening.port, exposure, deps.clock, withPolicy);
    } catch (error) {
      await server.stop();
      exposure.dispose();
      throw error;
    }
  };
}

/** Whether a listener could be opened there now. */
export function isPortFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

class ListeningProxy implements OpenedProxy {
  readonly port: number;
  readonly #server: ProxyServer;
  readonly #exposure: Disposable;
  readonly #clock: Clock;
  readonly #withPolicy: (config: FlmConfig) => FlmConfig;
  readonly #changes = new Emitter<void>();

  constructor(
    server: ProxyServer,
    port: number,
    exposure: Disposable,
    clock: Clock,
    withPolicy: (config: FlmConfig) => FlmConfig,
  ) {
    this.#server = server;
    this.port = port;
    this.#exposure = exposure;
    this.#clock = clock;
    this.#withPolicy = withPolicy;
    server.onDidChangeActivity(() => this.#changes.fire());
  }

  readonly onDidChange = this.#changes.event;

  get inFlight(): number {
    return this.#server.stats().inFlight;
  }

  get requests(): number {
    return this.#server.stats().requests;
  }

  configure(config: FlmConfig): void {
    this.#server.configure(this.#withPolicy(config));
  }

  async close(drainMs: number): Promise<void> {
    if (drainMs > 0) await this.#drained(drainMs);
    await this.#server.stop();
    this.#exposure.dispose();
    this.#changes.dispose();
  }

  #drained(drainMs: number): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        timer.cancel();
        listening.dispose();
        resolve();
      };
      const timer = this.#clock.setTimeout(settle, drainMs);
      const listening = this.#server.onDidChangeActivity(({ inFlight }) => {
        if (inFlight === 0) settle();
      });
      if (this.inFlight === 0) settle();
    });
  }
}
