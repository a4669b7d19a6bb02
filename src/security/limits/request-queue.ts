import type { Clock } from '../../core/clock';
import { KeyedCount } from '../../core/keyed-count';
import type { Slot } from '../../core/request';

/** Who waits: VS Code's own chats go first, then this machine, then every client in turn. */
export interface QueueTicket {
  /** Key id or address: turns are taken by client, not by request. */
  readonly client: string;
  readonly isLocal: boolean;
  /** A person sits in front of it. */
  readonly isEditor?: boolean;
  /** Requests the client may have running at once. */
  readonly maxForClient: number;
  /** Takes a place at an engine, once everything else allows the request to run; false: it waits on. */
  readonly claim?: ((isLastCall?: boolean) => boolean) | undefined;
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

/** Lower goes first. */
const ranks = [0, 1, 2] as const;

function rankOf({ isEditor, isLocal }: QueueTicket): number {
  if (isEditor === true) return 0;
  return isLocal ? 1 : 2;
}

/**
 * Slots for running requests with a fair line in front. Nobody is refused while there is room to wait: agents send
 * bursts and a 429 hurts them. Whose client has gone is dropped from the line at once (ik_llama.cpp 1020).
 *
 * A request that waits for a place at a full engine holds nobody up: whoever can run, runs. Nobody who could run ever
 * waits, so a newcomer overtakes only those who cannot.
 */
export class RequestQueue {
  readonly #clock: Clock;
  #limits: QueueLimits;
  #running = 0;
  #remoteRunning = 0;
  readonly #runningOf = new KeyedCount();
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

  /** A slot if nothing has to be waited for. */
  tryAcquire(ticket: QueueTicket): Slot | undefined {
    return this.#mayRun(ticket) ? this.#grant(ticket, 0) : undefined;
  }

  /**
   * Waits for a slot. Rejects with the signal's reason when the client leaves first.
   */
  acquire(ticket: QueueTicket, signal: AbortSignal): Promise<Slot | QueueRefusal> {
    if (signal.aborted) return Promise.reject(reasonOf(signal));
    if (this.#mayRun(ticket)) return Promise.resolve(this.#grant(ticket, 0));
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
        if (this.#mayRun(ticket, true)) waiter.start(this.#clock.monotonic() - waiter.since);
        else resolve('waited-too-long');
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
    });
  }

  /** Everything allows it now. Asks the claim last: once that is true, the request runs. */
  #mayRun({ client, isLocal, maxForClient, claim }: QueueTicket, isLastCall = false): boolean {
    if (this.#running >= this.#limits.slots) return false;
    if (!isLocal && this.#remoteRunning >= this.#limits.remoteSlots) return false;
    if (this.#runningOf.of(client) >= maxForClient) return false;
    return claim === undefined || claim(isLastCall);
  }

  #grant(ticket: QueueTicket, waitedMs: number): Slot {
    this.#running++;
    if (!ticket.isLocal) this.#remoteRunning++;
    this.#runningOf.add(ticket.client);
    let isReleased = false;
    return {
      waitedMs,
      release: () => {
        if (isReleased) return;
        isReleased = true;
        this.#running--;
        if (!ticket.isLocal) this.#remoteRunning--;
        this.#runningOf.remove(ticket.client);
        this.#advance();
      },
      moved: () => this.#advance(),
    };
  }

  /** Lets in whoever may run now, by rank, then client by client. */
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

  /** Its claim, if it has one, is taken. */
  #next(): Waiter | undefined {
    if (this.#waiting === 0 || this.#running >= this.#limits.slots) return undefined;
    for (const rank of ranks) {
      for (const line of this.#lines.values()) {
        const next = line.find(({ ticket }) => rankOf(ticket) === rank && this.#mayRun(ticket));
        if (next !== undefined) return next;
      }
    }
    return undefined;
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
