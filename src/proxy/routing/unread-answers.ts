import type { Clock, Timer } from '../../core/clock';
import type { UpstreamCall, UpstreamListener } from '../upstream-call';

/** An answer nobody reads is read no longer and no further than this. */
const drainMs = 120_000;
const drainBytes = 64 * 1024 * 1024;

/** Models loaded at once for clients that have gone. */
const maxLoads = 4;

/** How often is looked whether a model is loaded, from memory. */
const lookMs = 1000;

/** What is still to be done with an engine whose client has gone. Both have an end whatever the engine does. */
export class UnreadAnswers {
  readonly #clock: Clock;
  readonly #loads = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Reads an answer to its end and drops it, for engines that break when a connection is cut (llama-swap 980: OpenVINO
   * Model Server ends everybody's answers). After two minutes or 64 MiB the connection is cut after all.
   *
   * @param done called once, when the engine does nothing more
   */
  drain(call: UpstreamCall, done: () => void): UpstreamListener {
    let bytes = 0;
    const { finish, cut } = this.#ending(call, drainMs, done);
    call.resume();
    return {
      head: () => undefined,
      chunk: (chunk) => {
        bytes += chunk.length;
        if (bytes > drainBytes) cut();
      },
      end: finish,
      failed: finish,
    };
  }

  /**
   * Lets a model go on loading that its client did not wait for: some engines give the load up with the request, so that
   * no retry would ever succeed (ollama 8470, enchanted 105). Ends with the first byte, which means it is loaded, or when
   * `isLoaded` says so; nothing is generated for nobody. Undefined: another request loads this model already.
   */
  loadThrough(
    model: string,
    call: UpstreamCall,
    longestMs: number,
    isLoaded: () => boolean,
  ): UpstreamListener | undefined {
    if (this.#loads.has(model) || this.#loads.size >= maxLoads) return undefined;
    this.#loads.add(model);
    let look: Timer | undefined;
    const { finish, cut } = this.#ending(call, longestMs, () => {
      look?.cancel();
      this.#loads.delete(model);
    });
    const lookAgain = (): void => {
      look = this.#clock.setTimeout(() => (isLoaded() ? cut() : lookAgain()), lookMs);
    };
    lookAgain();
    return { head: cut, chunk: cut, end: finish, failed: finish };
  }

  #ending(call: UpstreamCall, longestMs: number, done: () => void): { finish: () => void; cut: () => void } {
    let isOver = false;
    const finish = (): void => {
      if (isOver) return;
      isOver = true;
      timer.cancel();
      done();
    };
    const cut = (): void => {
      call.abort();
      finish();
    };
    const timer = this.#clock.setTimeout(cut, longestMs);
    return { finish, cut };
  }
}
