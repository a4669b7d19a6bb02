import { createServer } from 'node:net';
import type { Clock } from '../../core/clock';
import type { FlmConfig } from '../../core/config-schema';
import { Emitter } from '../../core/emitter';
import type { ProxyDeps } from '../../proxy/proxy-deps';
import { closedPlan, type ExposurePlan, type ListenFailure } from '../../proxy/listeners/exposure-plan';
import { createProxy, type ProxyServer } from '../../proxy/proxy-server';
import type { OpenedProxy, OpenProxy } from '../gateway-ports';

export interface ProxyOpenerDeps extends Omit<ProxyDeps, 'config'> {
  /** What the settings mean together with the security policy, asked whenever either changed. */
  readonly withPolicy: (config: FlmConfig) => FlmConfig;
}

/** Opens real proxies: one {@link ProxyServer} per port, so that an old one can drain beside a new one. */
export function proxyOpener({ withPolicy, ...deps }: ProxyOpenerDeps): OpenProxy {
  return async (config, port) => {
    const server = createProxy({ ...deps, config: withPolicy(config) });
    try {
      const listening = await server.listen(port);
      return new ListeningProxy(server, listening.port, deps.clock, withPolicy);
    } catch (error) {
      await server.stop();
      throw error;
    }
  };
}

/** Whether a listener could be opened on that port of the loopback now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

class ListeningProxy implements OpenedProxy {
  readonly port: number;
  readonly #server: ProxyServer;
  readonly #clock: Clock;
  readonly #withPolicy: (config: FlmConfig) => FlmConfig;
  readonly #changes = new Emitter<void>();

  constructor(server: ProxyServer, port: number, clock: Clock, withPolicy: (config: FlmConfig) => FlmConfig) {
    this.#server = server;
    this.port = port;
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

  get exposed(): readonly string[] {
    return this.#server.exposed;
  }

  configure(config: FlmConfig): void {
    this.#server.configure(this.#withPolicy(config));
  }

  expose(plan: ExposurePlan): Promise<readonly ListenFailure[]> {
    return this.#server.expose(plan);
  }

  async close(drainMs: number): Promise<void> {
    if (drainMs > 0) {
      await this.#server.expose(closedPlan);
      await this.#drained(drainMs);
    }
    await this.#server.stop();
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
