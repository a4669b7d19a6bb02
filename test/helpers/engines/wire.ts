import type { ServerResponse } from 'node:http';
import { nextTurn, pause } from './pause';

/** What the writer may replace one event (or line, or body) by; several entries leave as several writes. */
export type Rewritten = string | Uint8Array | readonly (string | Uint8Array)[];

/** How the bytes of an answer's body go over the wire. Everything left out is as the real engine does it. */
export interface WireScript {
  /**
   * - `whole`: everything in one write, when the answer is complete
   * - `bytesPerWrite`: at most so many bytes in a write, also in the middle of a code point
   * - `splitAt`: the complete body, divided at these byte offsets
   */
  chunking?: 'whole' | { bytesPerWrite: number } | { splitAt: readonly number[] };
  /** Between two writes. */
  writeDelayMs?: number;
  /** Changes, drops (`[]`) or multiplies single events; `index` counts from 0. */
  rewrite?: (event: string, index: number) => Rewritten;
  /** Before the first event: a byte order mark, a comment. */
  prefix?: string | Uint8Array;
  /** After the last event: data after `[DONE]`. */
  suffix?: string | Uint8Array;
  /** SSE line ends. */
  lineEnd?: '\n' | '\r\n' | '\r';
  /** `data:{…}` instead of `data: {…}`. */
  noSpaceAfterColon?: boolean;
  /** The body ends right after the last event's own line. */
  noFinalBlankLine?: boolean;
  /** After so many events the server falls silent for `forMs` (`Infinity`: for good). */
  stall?: { afterEvents: number; forMs: number };
  /**
   * After so many events the answer breaks:
   * - `eof`: ends as if it were complete
   * - `reset`: TCP RST
   * - `close`: FIN without the last chunk of the chunked encoding
   * - `mid-chunk`: FIN inside a chunk whose size line promised more
   * - `long-content-length`: FIN before the promised Content-Length is reached
   */
  cut?: { afterEvents: number; how: 'eof' | 'reset' | 'close' | 'mid-chunk' | 'long-content-length' };
}

/** A Content-Length no simulated answer reaches. */
export const longContentLength = 1_000_000_000;

/** Writes one answer's body by a {@link WireScript}, with back-pressure. After the end of the body writes do nothing. */
export class BodyWriter {
  readonly #res: ServerResponse;
  readonly #wire: WireScript;
  readonly #signal: AbortSignal;
  readonly #held: Buffer[] = [];
  readonly #onBytes: (count: number) => void;
  readonly #onCut: () => void;
  #events = 0;
  #isOver = false;
  #hasBegun = false;

  constructor(
    res: ServerResponse,
    wire: WireScript,
    signal: AbortSignal,
    observer: { onBytes: (count: number) => void; onCut: () => void },
  ) {
    this.#res = res;
    this.#wire = wire;
    this.#signal = signal;
    this.#onBytes = observer.onBytes;
    this.#onCut = observer.onCut;
  }

  get isOver(): boolean {
    return this.#isOver || this.#signal.aborted;
  }

  /**
   * One write of the engine; it may hold several SSE events, which then leave together. False when the body is over:
   * cut by the script, or the client has gone.
   */
  async write(text: string): Promise<boolean> {
    if (this.isOver) return false;
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      if (this.#wire.prefix !== undefined) await this.#send(toBuffer(this.#wire.prefix));
    }
    const parts: Buffer[] = [];
    for (const event of splitEvents(text)) {
      await this.#flush(parts, this.#wire.stall?.afterEvents === this.#events);
      if (this.#wire.stall?.afterEvents === this.#events) await pause(this.#wire.stall.forMs, this.#signal);
      if (this.#wire.cut !== undefined && this.#events >= this.#wire.cut.afterEvents) {
        await this.#flush(parts, true);
        await this.#sendHeld();
        await this.#cut(event);
        return false;
      }
      const rewritten = this.#wire.rewrite?.(event, this.#events) ?? event;
      this.#events += 1;
      if (Array.isArray(rewritten)) {
        for (const part of rewritten as readonly (string | Uint8Array)[]) {
          await this.#flush(parts, true);
          await this.#send(toBuffer(part));
        }
      } else {
        parts.push(toBuffer(this.#restyle(rewritten as string | Uint8Array)));
      }
    }
    await this.#flush(parts, true);
    return !this.isOver;
  }

  /** Ends the body as the transfer encoding wants it. */
  async end(): Promise<void> {
    if (this.isOver) return;
    if (this.#wire.cut !== undefined && this.#events >= this.#wire.cut.afterEvents) {
      await this.#sendHeld();
      await this.#cut('');
      return;
    }
    if (this.#wire.suffix !== undefined) await this.#send(toBuffer(this.#wire.suffix));
    await this.#sendHeld();
    if (this.#signal.aborted) return;
    this.#isOver = true;
    this.#res.end();
  }

  async #flush(parts: Buffer[], now: boolean): Promise<void> {
    if (!now || parts.length === 0) return;
    await this.#send(Buffer.concat(parts));
    parts.length = 0;
  }

  #restyle(event: string | Uint8Array): string | Uint8Array {
    if (typeof event !== 'string') return event;
    let text = event;
    if (this.#wire.noSpaceAfterColon === true) text = text.replace(/^(data|event|id|retry): /gm, '$1:');
    if (this.#wire.noFinalBlankLine === true && text.includes('[DONE]')) text = text.replace(/\n\n$/, '');
    if (this.#wire.lineEnd !== undefined && this.#wire.lineEnd !== '\n') {
      text = text.replaceAll('\n', this.#wire.lineEnd);
    }
    return text;
  }

  async #send(bytes: Buffer): Promise<void> {
    const { chunking } = this.#wire;
    if (chunking === undefined) return this.#put(bytes);
    if (chunking !== 'whole' && 'bytesPerWrite' in chunking) {
      for (let at = 0; at < bytes.length && !this.isOver; at += chunking.bytesPerWrite) {
        await this.#put(bytes.subarray(at, at + chunking.bytesPerWrite));
      }
      return;
    }
    this.#held.push(bytes);
  }

  async #sendHeld(): Promise<void> {
    const { chunking } = this.#wire;
    const body = Buffer.concat(this.#held);
    this.#held.length = 0;
    if (body.length === 0) return;
    const offsets = typeof chunking === 'object' && 'splitAt' in chunking ? [...chunking.splitAt] : [];
    let from = 0;
    for (const to of [...offsets.filter((offset) => offset < body.length), body.length]) {
      if (to > from) await this.#put(body.subarray(from, to));
      from = Math.max(from, to);
    }
  }

  async #put(bytes: Buffer): Promise<void> {
    if (this.isOver || bytes.length === 0) return;
    this.#onBytes(bytes.length);
    const hasRoom = this.#res.write(bytes);
    if (!hasRoom) await drained(this.#res, this.#signal);
    if (this.#wire.chunking !== undefined) await nextTurn();
    if (this.#wire.writeDelayMs !== undefined) await pause(this.#wire.writeDelayMs, this.#signal);
  }

  async #cut(nextEvent: string): Promise<void> {
    if (this.#signal.aborted) return;
    const how = this.#wire.cut?.how ?? 'eof';
    this.#isOver = true;
    // What was written before shall be on the wire, and read, when the break comes.
    await pause(5, this.#signal);
    this.#onCut();
    const socket = this.#res.socket;
    if (how === 'eof' || socket === null) {
      this.#res.end();
      return;
    }
    // Without this the response's own buffer could still hold what was written before the cut.
    if (!this.#res.headersSent) this.#res.flushHeaders();
    if (how === 'reset') {
      socket.resetAndDestroy();
      return;
    }
    if (how === 'mid-chunk') {
      const half = Buffer.from(nextEvent).subarray(0, Math.floor(Buffer.byteLength(nextEvent) / 2));
      socket.write(`${Buffer.byteLength(nextEvent).toString(16)}\r\n`);
      socket.write(half);
    }
    socket.end(() => socket.destroy());
  }
}

/** Divides after blank lines (SSE) or, where there are none, after single line feeds (NDJSON); keeps every byte. */
function splitEvents(text: string): string[] {
  const events = text.includes('\n\n') ? text.split(/(?<=\n\n)/) : text.split(/(?<=\n)/);
  return events.length === 0 ? [text] : events;
}

function toBuffer(data: string | Uint8Array): Buffer {
  return typeof data === 'string' ? Buffer.from(data, 'utf8') : Buffer.from(data);
}

function drained(res: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      res.off('drain', done);
      res.off('close', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    res.once('drain', done);
    res.once('close', done);
    signal.addEventListener('abort', done, { once: true });
  });
}
