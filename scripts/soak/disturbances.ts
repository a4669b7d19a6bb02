import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HeadlessGateway } from '../../test/helpers/headless-gateway';
import type { Random } from './random';

/** An engine that can be stopped and started again on its port. */
export interface Restartable {
  readonly url: string;
  stop(): Promise<void>;
  listen(): Promise<void>;
}

const downMs = 400;

/** What happens to a gateway in a long life, one thing at a time. */
export class Disturbances {
  readonly counts = new Map<string, number>();
  key: string;
  readonly #gateway: HeadlessGateway;
  readonly #engines: readonly Restartable[];
  readonly #settings: Readonly<Record<string, unknown>>;
  readonly #random: Random;

  constructor(
    gateway: HeadlessGateway,
    engines: readonly Restartable[],
    settings: Readonly<Record<string, unknown>>,
    key: string,
    random: Random,
  ) {
    this.#gateway = gateway;
    this.#engines = engines;
    this.#settings = settings;
    this.key = key;
    this.#random = random;
  }

  async next(): Promise<void> {
    const kinds = {
      'engine restarted': () => this.#restartEngine(),
      'configuration changed': () => this.#changeConfiguration(),
      'policy changed': () => this.#changePolicy(),
      'key replaced': () => this.#replaceKey(),
      'records searched': () => this.#search(),
    };
    const what = this.#random.pick(Object.keys(kinds) as (keyof typeof kinds)[]);
    await kinds[what]();
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  async #restartEngine(): Promise<void> {
    const engine = this.#random.pick(this.#engines);
    await engine.stop();
    await new Promise((resolve) => setTimeout(resolve, downMs));
    await engine.listen();
  }

  async #changeConfiguration(): Promise<void> {
    const settings = {
      ...this.#settings,
      'proxy.heartbeatSeconds': 1 + this.#random.below(20),
      'timeouts.idleSeconds': 60 + this.#random.below(60),
      'proxy.aliases': { [`alias-${this.#random.below(5)}`]: 'nothing' },
    };
    await writeFile(join(this.#gateway.folder, 'flm.json'), JSON.stringify(settings));
  }

  async #changePolicy(): Promise<void> {
    await this.#gateway.setPolicy(soakPolicy(30 + this.#random.below(30)));
  }

  /** The old one is accepted for a minute more, as people do it. */
  async #replaceKey(): Promise<void> {
    const keys = await this.#gateway.request('keys/list', {});
    const current = keys.find(({ revokedAt }) => revokedAt === undefined);
    if (current === undefined) return;
    this.key = (await this.#gateway.request('keys/rotate', { id: current.id, graceMinutes: 1 })).secret;
  }

  async #search(): Promise<void> {
    await this.#gateway.request('audit/query', { limit: 100 });
    await this.#gateway.request('access/query', { limit: 100 });
  }
}

/** Everything enforces; the limits are out of the way of one machine that plays all clients. */
export function soakPolicy(queueSeconds: number): Readonly<Record<string, unknown>> {
  const many = 1_000_000;
  return {
    mode: 'enforce',
    audit: { maxRows: 10_000_000 },
    rateLimits: { addressPerMinute: many, keyPerMinute: many, keyConcurrency: 1000, slots: 1000, queueSeconds },
    anomaly: {
      requestsPerSecond: many,
      requestsPerMinute: many,
      unknownPathsPerMinute: 100_000,
      identicalPerMinute: 100_000,
    },
    resources: { engagePercent: 100, releasePercent: 99, eventLoopDelayMs: 60_000 },
  };
}
