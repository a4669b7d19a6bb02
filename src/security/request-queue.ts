import type { Clock } from '../core/clock';
import type { Slot } from '../core/request';

/** Who waits: the local editor goes first, then every client in turn. */
export interface QueueTicket {
  /** Key id or address: turns are taken by client, not by request. */
  readonly client: string;
  readonly isLocal: boolean;
  /** Requests the client may have running at once. */
  readonly maxForClient: number;
}

export interface QueueLimits {
  /** Requests running at once. */
  readonly slots: number;
  /** Of these, for callers from elsewhere. */
  readonly remoteSlots: number;
  /** Requests waiting at once. */
  readonly queueLength: number;
  readonly waitMs: number;
}

export type QueueRefusal = 'queue-full' | 'waited-too-long' | 'client-busy';

interface Waiter {
  readonly ticket: QueueTicket;
  readonly since: number;
  start(waitedMs: number): void;
  /** Takes it out of line without an answer of its own. */
  cancelTimers(): void;
}

/** A client may have this many times its running limit waiting: parallel tool calls queue, floods do not. */
const WAITING_PER_CLIENT = 4;

/**
 * Slots for running requests with a fair line in front. Nobody is refused while there is room to wait: agents send
 * bursts and a 429 hurts them. Whose client has gone is dropped from the line at once (ik_llama.cpp 1020).
 */
export class RequestQueue {
  readonly #clock: Clock;
  #limits: QueueLimits;
  #running = 0;
  #remoteRunning = 0;
  readonly #runningOf = new Map<string, number>();
  /** Client → its waiting requests, in order of whose turn it is. */
  readonly #lines = new Map<string, Waiter[]>();
  #waiting = 0;

  constructor(clock: Clock, limits: QueueLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting;
  }

  configure(limits: QueueLimits): void {
    this.#limits = limits;
    this.#advance();
  }

  /**
   * Waits for a slot. Rejects with the signal's reason when the client leaves first.
   */
  acquire(ticket: QueueTicket, signal: AbortSignal): Promise<Slot | QueueRefusal> {
    if (signal.aborted) return Promise.reject(reasonOf(signal));
    if (this.#mayRun(ticket) && this.#lines.size === 0) return Promise.resolve(this.#grant(ticket, 0));
    const line = this.#lines.get(ticket.client) ?? [];
    if (this.#waiting >= this.#limits.queueLength) return Promise.resolve('queue-full');
    if (line.length >= ticket.maxForClient * WAITING_PER_CLIENT && !ticket.isLocal)
      return Promise.resolve('client-busy');

    return new Promise<Slot | QueueRefusal>((resolve, reject) => {
      const leave = (): void => {
        this.#remove(waiter);
        waiter.cancelTimers();
        reject(reasonOf(signal));
      };
      const timer = this.#clock.setTimeout(() => {
        this.#remove(waiter);
        waiter.cancelTimers();
        resolve('waited-too-long');
      }, this.#limits.waitMs);
      const waiter: Waiter = {
        ticket,
        since: this.#clock.monotonic(),
        start: (waitedMs) => resolve(this.#grant(ticket, waitedMs)),
        cancelTimers: () => {
          timer.cancel();
          signal.removeEventListener('abort', leave);
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      line.push(waiter);
      this.#lines.set(ticket.client, line);
      this.#waiting++;
      this.#advance();
    });
  }

  #mayRun({ client, isLocal, maxForClient }: QueueTicket): boolean {
    if (this.#running >= this.#limits.slots) return false;
    if (!isLocal && this.#remoteRunning >= this.#limits.remoteSlots) return false;
    return (this.#runningOf.get(client) ?? 0) < maxForClient;
  }

  #grant(ticket: QueueTicket, waitedMs: number): Slot {
    this.#running++;
    if (!ticket.isLocal) this.#remoteRunning++;
    this.#runningOf.set(ticket.client, (this.#runningOf.get(ticket.client) ?? 0) + 1);
    let isReleased = false;
    return {
      waitedMs,
      release: () => {
        if (isReleased) return;
        isReleased = true;
        this.#running--;
        if (!ticket.isLocal) this.#remoteRunning--;
        const left = (this.#runningOf.get(ticket.client) ?? 1) - 1;
        if (left > 0) this.#runningOf.set(ticket.client, left);
        else this.#runningOf.delete(ticket.client);
        this.#advance();
      },
    };
  }

  /** Lets in whoever may run now: local first, then client by client. */
  #advance(): void {
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#remove(next);
      next.cancelTimers();
      // Whoever had a turn goes to the end of the round.
      const rest = this.#lines.get(next.ticket.client);
      if (rest !== undefined) {
        this.#lines.delete(next.ticket.client);
        this.#lines.set(next.ticket.client, rest);
      }
      next.start(this.#clock.monotonic() - next.since);
    }
  }

  #next(): Waiter | undefined {
    let remote: Waiter | undefined;
    for (const [first] of this.#lines.values()) {
      if (first === undefined || !this.#mayRun(first.ticket)) continue;
      if (first.ticket.isLocal) return first;
      remote ??= first;
    }
    return remote;
  }

  #remove(waiter: Waiter): void {
    const line = this.#lines.get(waiter.ticket.client);
    const at = line?.indexOf(waiter) ?? -1;
    if (line === undefined || at === -1) return;
    line.splice(at, 1);
    this.#waiting--;
    if (line.length === 0) this.#lines.delete(waiter.ticket.client);
  }
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('the client left');
}
