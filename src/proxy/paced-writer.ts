import type { Timer } from '../core/clock';
import type { AnswerContext } from './answer';

/**
 * Writes an engine's bytes to the client at the client's pace: when the client's buffer is full the engine is paused,
 * so a slow reader costs one socket buffer, not the whole answer. A client that takes nothing for `stallMs` is cut, or
 * it would hold the engine forever.
 */
export class PacedWriter {
  readonly #context: AnswerContext;
  #stall: Timer | undefined;

  constructor(context: AnswerContext) {
    this.#context = context;
  }

  write(bytes: Buffer | string): void {
    const { exchange, clock, stallMs } = this.#context;
    exchange.bytesOut += typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length;
    if (exchange.res.write(bytes) || this.#stall !== undefined) return;
    this.#context.pause();
    exchange.res.once('drain', () => this.#drained());
    this.#stall = clock.setTimeout(() => {
      this.#context.abort();
      exchange.outcome = 'aborted';
      exchange.cut();
    }, stallMs);
  }

  /** The client has not taken what was written: nothing more should be added without need. */
  get isStalled(): boolean {
    return this.#stall !== undefined;
  }

  /** No more bytes come from the engine; what is buffered still goes out, or is cut after `stallMs`. */
  end(): void {
    this.#context.exchange.res.end();
  }

  /** To be called when the exchange is over. */
  dispose(): void {
    this.#stall?.cancel();
    this.#stall = undefined;
  }

  #drained(): void {
    if (this.#stall === undefined) return;
    this.#stall.cancel();
    this.#stall = undefined;
    this.#context.resume();
  }
}
