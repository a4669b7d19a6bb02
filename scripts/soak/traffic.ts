import { Agent } from 'undici';
import type { Random } from './random';
import { nextRequest } from './request-kinds';

/** What the traffic has seen so far. */
export interface TrafficCounts {
  sent: number;
  aborted: number;
  /** Errors of engines and refusals: allowed while engines are restarted, since one without a twin cannot fail over. */
  engineErrors: number;
  /** Answers that are nobody's fault but the gateway's, and answers of a wrong kind: none is allowed. */
  readonly faults: string[];
  readonly byKind: Map<string, number>;
  /** `x-request-id` of every answer that began: each must be on record. */
  readonly requestIds: string[];
}

export interface TrafficOptions {
  readonly url: string;
  readonly key: () => string;
  readonly models: readonly string[];
  readonly random: Random;
  readonly clients: number;
}

const maxFaults = 50;
const abortShare = 0.2;
const longestMs = 30_000;

/** Clients that ask one thing after the other, leave in the middle of a fifth of their requests, and judge each answer. */
export class Traffic {
  readonly counts: TrafficCounts = {
    sent: 0,
    aborted: 0,
    engineErrors: 0,
    faults: [],
    byKind: new Map(),
    requestIds: [],
  };
  readonly #options: TrafficOptions;
  readonly #agent: Agent;
  #isOver = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: TrafficOptions) {
    this.#options = options;
    this.#agent = new Agent({ connections: options.clients, pipelining: 1 });
  }

  start(): void {
    this.#running = Promise.all(Array.from({ length: this.#options.clients }, () => this.#client()));
  }

  /** Lets running requests end. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
    await this.#agent.close();
  }

  async #client(): Promise<void> {
    while (!this.#isOver) await this.#one();
  }

  async #one(): Promise<void> {
    const { random, models, url, key } = this.#options;
    const wanted = nextRequest(models, random);
    const leaves = random.next() < abortShare;
    const control = new AbortController();
    const timer = setTimeout(() => control.abort(), leaves ? random.below(300) : longestMs);
    const { counts } = this;
    counts.sent++;
    counts.byKind.set(wanted.kind, (counts.byKind.get(wanted.kind) ?? 0) + 1);
    try {
      const answer = await this.#agent.request({
        origin: url,
        path: wanted.path,
        method: wanted.method,
        headers: { authorization: `Bearer ${key()}`, 'content-type': 'application/json' },
        signal: control.signal,
        ...(wanted.body !== undefined && { body: wanted.body }),
      });
      const id = answer.headers['x-request-id'];
      if (typeof id === 'string') counts.requestIds.push(id);
      const text = await answer.body.text();
      this.#judge(wanted, answer.statusCode, text);
    } catch (error) {
      if (leaves) counts.aborted++;
      else this.#fault(`${wanted.kind}: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      clearTimeout(timer);
    }
  }

  #judge(wanted: ReturnType<typeof nextRequest>, status: number, text: string): void {
    if (status === 500 || text.includes('internal_error')) {
      this.#fault(`${wanted.kind}: HTTP ${status} ${text.slice(0, 200)}`);
    } else if ([429, 502, 503, 504].includes(status)) this.counts.engineErrors++;
    else if (!wanted.expected.includes(status)) this.#fault(`${wanted.kind}: HTTP ${status} ${text.slice(0, 200)}`);
    else if (wanted.end !== undefined && status === 200 && !text.includes(wanted.end)) {
      if (text.includes('error')) this.counts.engineErrors++;
      else this.#fault(`${wanted.kind}: a stream ended without a word: …${text.slice(-100)}`);
    }
  }

  #fault(what: string): void {
    if (this.counts.faults.length < maxFaults) this.counts.faults.push(what);
  }
}
