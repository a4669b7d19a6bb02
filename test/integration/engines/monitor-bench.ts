import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { systemClock } from '../../../src/core/clock';
import { defaultConfig } from '../../../src/core/config';
import type { ConfiguredEngine, FlmConfig } from '../../../src/core/config-schema';
import type { Engine, EnginesSnapshot } from '../../../src/core/engine';
import { silentLogger } from '../../../src/core/logger';
import { EngineMonitor } from '../../../src/engines/engine-monitor';
import { ProbeClient } from '../../../src/engines/probe-client';
import { fakeHost } from '../../helpers/fake-host';

/** What a test started, ended in reverse order after it. */
export class Resources {
  readonly #closers: (() => Promise<void> | void)[] = [];

  add<T extends { stop(): Promise<void> | void }>(resource: T): T {
    this.#closers.push(() => resource.stop());
    return resource;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }

  /** A raw TCP server; the result is its port. */
  async tcp(onSocket: (socket: Socket) => void, host = '127.0.0.1'): Promise<number> {
    return this.#listen(createTcpServer(onSocket), host);
  }

  async http(listener: RequestListener, host = '127.0.0.1'): Promise<number> {
    return this.#listen(createServer(listener), host);
  }

  /** A monitor over these addresses only: nothing else of this machine is touched. */
  monitor(addresses: readonly (string | ConfiguredEngine)[], config: Partial<FlmConfig> = {}): EngineMonitor {
    const monitor = new EngineMonitor({
      clock: systemClock,
      logger: silentLogger,
      host: fakeHost(),
      prober: new ProbeClient(systemClock),
      keys: new Map(),
      config: {
        ...defaultConfig,
        'engines.detect': false,
        'engines.addresses': addresses.map((entry) => (typeof entry === 'string' ? { url: entry } : entry)),
        ...config,
      },
    });
    return this.add(monitor);
  }

  /** The engines after a first round. */
  async look(...addresses: readonly string[]): Promise<readonly Engine[]> {
    const monitor = this.monitor(addresses);
    monitor.start();
    return (await monitor.refresh()).engines;
  }

  async #listen(server: Server, host: string): Promise<number> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
    this.#closers.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    return (server.address() as AddressInfo).port;
  }
}

/** Waits for the engines to fit; fails with what they were instead. */
export async function until(
  monitor: EngineMonitor,
  fits: (snapshot: EnginesSnapshot) => boolean,
  timeoutMs = 6000,
): Promise<EnginesSnapshot> {
  if (fits(monitor.snapshot())) return monitor.snapshot();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      listening.dispose();
      const seen = monitor.snapshot().engines.map((engine) => `${engine.id} ${engine.state} ${engine.reason.code}`);
      reject(new Error(`not within ${timeoutMs} ms: ${seen.join(', ')}`));
    }, timeoutMs);
    const listening = monitor.onDidChange((snapshot) => {
      if (!fits(snapshot)) return;
      clearTimeout(timer);
      listening.dispose();
      resolve(snapshot);
    });
  });
}
