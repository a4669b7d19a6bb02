import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { systemClock, type Clock } from '../../../src/core/clock';
import { defaultConfig } from '../../../src/core/config';
import type { ConfiguredEngine, FlmConfig } from '../../../src/core/config-schema';
import type { Engine, EnginesSnapshot } from '../../../src/core/engine';
import { silentLogger } from '../../../src/core/logger';
import { EngineMonitor } from '../../../src/engines/engine-monitor';
import { ProbeClient } from '../../../src/engines/probe-client';
import { FakeClock } from '../../helpers/fake-clock';
import { fakeHost } from '../../helpers/fake-host';

/** Limits that no machine misses, however busy it is: what is tested here is not its speed. */
const patient: Partial<FlmConfig> = { 'timeouts.probeSeconds': 10, 'engines.degradedLatencyMs': 10_000 };
const patienceMs = 20_000;

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
  monitor(
    addresses: readonly (string | ConfiguredEngine)[],
    config: Partial<FlmConfig> = {},
    clock: Clock = systemClock,
  ): EngineMonitor {
    const monitor = new EngineMonitor({
      clock,
      logger: silentLogger,
      host: fakeHost(),
      prober: new ProbeClient(clock),
      keys: new Map(),
      config: {
        ...defaultConfig,
        'engines.detect': false,
        'engines.addresses': addresses.map((entry) => (typeof entry === 'string' ? { url: entry } : entry)),
        ...patient,
        ...config,
      },
    });
    return this.add(monitor);
  }

  /** The engines after a first round, for which no time passes: no limit ends it. */
  async look(...addresses: readonly string[]): Promise<readonly Engine[]> {
    const monitor = this.monitor(addresses, {}, new FakeClock());
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
  timeoutMs = patienceMs,
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
