import type { StreamType } from './dialects/dialect';
import { isDoneMark, parseData, readBlock, unreadable } from './event-block';
import { LineBlocks } from './line-blocks';
import { mayTellError, redactedEvent, redactedJsonLine } from './redacted-event';
import { SseBlocks, type BlockSink } from './repairs/sse-blocks';
import type { StreamPosition } from './sse-events';

const lf = 0x0a;
const cr = 0x0d;

/** An error in an event too long to be read. */
const longError = /"error"\s*:\s*["{[]|"(type|object)"\s*:\s*"error"|^(data:\s*[^\s{[]|error:|event:\s*error)/;

/**
 * A stream that passes byte for byte, but for the engine's account of its own failure, which is told without what it
 * gives away of its machine ({@link redactedEvent}). Says the same for any division of the bytes.
 *
 * A chunk of whole events without a sign of an error passes as it is, after a search of its bytes. An event that is not
 * whole yet waits for its end: no client can do anything with half an event, and a path may be split anywhere. One that
 * the stream's end leaves open passes if it can be read, or the client would fail on it instead of on the error that
 * FLM tells next. Above 1 MiB events pass unread; one that begins as an error is left out, and the stream ends.
 */
export class NativeStream implements BlockSink {
  /** An account of an error was too long to be read: the stream must end here. */
  hasOverlongError = false;
  readonly #isLines: boolean;
  readonly #blocks: SseBlocks | LineBlocks;
  #out: Buffer[] = [];
  #isLastRaw = false;
  #openEnd: StreamPosition = 'event-start';

  constructor(type: StreamType) {
    this.#isLines = type === 'application/x-ndjson';
    this.#blocks = this.#isLines ? new LineBlocks(this) : new SseBlocks(this);
  }

  /** Where the output stands. */
  get position(): StreamPosition {
    return this.#openEnd === 'event-start' ? this.#blocks.position : this.#openEnd;
  }

  /** What goes to the client for these bytes; undefined for nothing yet. */
  push(chunk: Buffer): Buffer | undefined {
    if (this.#blocks.isIdle && this.#isWhole(chunk) && !mayTellError(chunk)) return chunk;
    this.#blocks.push(chunk);
    return this.#take();
  }

  /** The engine's stream ended by itself. */
  end(): Buffer | undefined {
    this.#blocks.end();
    return this.#take();
  }

  block(bytes: Buffer): void {
    if (this.hasOverlongError) return;
    if (this.#isLines) this.#line(bytes);
    else this.#event(bytes);
  }

  spill(bytes: Buffer, isFirst: boolean): void {
    if (isFirst && longError.test(bytes.toString('latin1'))) this.hasOverlongError = true;
    if (this.hasOverlongError) return;
    this.#isLastRaw = true;
    this.#out.push(bytes);
  }

  lateLf(): void {
    if (this.#isLastRaw) this.#out.push(Buffer.from('\n'));
  }

  #event(bytes: Buffer): void {
    if (!endsEvent(bytes)) {
      const { isOpen, data } = readBlock(bytes);
      if (isOpen && !isDoneMark(data) && parseData(data) === unreadable) return;
      const last = bytes.at(-1);
      if (isOpen) this.#openEnd = last === lf || last === cr ? 'line-start' : 'mid-line';
    }
    const told = redactedEvent(bytes);
    this.#isLastRaw = told === bytes;
    this.#out.push(told);
  }

  #line(bytes: Buffer): void {
    if (bytes.at(-1) !== lf) {
      if (parseData(bytes.toString('utf8').trim()) === unreadable) return;
      this.#openEnd = 'mid-line';
    }
    this.#out.push(redactedJsonLine(bytes));
  }

  /** Ends with the end of an event or line. */
  #isWhole(chunk: Buffer): boolean {
    return this.#isLines ? chunk.at(-1) === lf : endsEvent(chunk);
  }

  #take(): Buffer | undefined {
    const out = this.#out;
    if (out.length === 0) return undefined;
    this.#out = [];
    return out.length === 1 ? out[0] : Buffer.concat(out);
  }
}

/** A blank line of LF or CRLF at the end; other blank lines are not seen here. */
function endsEvent(bytes: Buffer): boolean {
  if (bytes.at(-1) !== lf) return false;
  return bytes.at(-2) === lf || (bytes.at(-2) === cr && bytes.at(-3) === lf && bytes.at(-4) === cr);
}
