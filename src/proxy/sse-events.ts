/** An event longer than this is not kept for reading; its bytes pass all the same. */
export const maxEventBytes = 1024 * 1024;

const lf = 0x0a;
const cr = 0x0d;

/** Where a stream of events stands: what must be written to begin a new event. */
export type StreamPosition = 'event-start' | 'line-start' | 'mid-line';

/**
 * Cuts server-sent events out of bytes, whatever the chunks (WHATWG HTML §9.2.6: line ends LF, CRLF and CR, several
 * data lines, comments, a BOM at the start). Works on bytes, so a character or line end split between chunks is no
 * special case.
 */
export class SseEvents {
  readonly #onData: (data: string) => void;
  readonly #onOtherField: (field: string, value: string) => void;
  #line: Buffer[] = [];
  #lineBytes = 0;
  #data: string[] = [];
  #dataBytes = 0;
  #isTooLong = false;
  #isAfterCr = false;
  #isFirstLine = true;

  /**
   * @param onData the data of one event, lines joined; empty ones and those above {@link maxEventBytes} left out
   * @param onOtherField a line that is no data, e.g. llama-server's old `error: {…}`
   */
  constructor(onData: (data: string) => void, onOtherField: (field: string, value: string) => void) {
    this.#onData = onData;
    this.#onOtherField = onOtherField;
  }

  push(chunk: Buffer): void {
    let start = 0;
    if (this.#isAfterCr && chunk.length > 0) {
      if (chunk[0] === lf) start = 1;
      this.#isAfterCr = false;
    }
    let nextCr = chunk.indexOf(cr, start);
    let nextLf = chunk.indexOf(lf, start);
    while (nextLf !== -1 || nextCr !== -1) {
      const isCr = nextCr !== -1 && (nextLf === -1 || nextCr < nextLf);
      const end = isCr ? nextCr : nextLf;
      this.#endLine(chunk, start, end);
      start = end + 1;
      if (isCr) {
        if (start === chunk.length) this.#isAfterCr = true;
        else if (chunk[start] === lf) start++;
        nextCr = chunk.indexOf(cr, start);
      }
      if (nextLf !== -1 && nextLf < start) nextLf = chunk.indexOf(lf, start);
    }
    this.#keep(chunk, start, chunk.length);
  }

  /** The stream is over: an event without its closing blank line counts too, as clients take it. */
  end(): void {
    if (this.#lineBytes > 0) this.#endLine(Buffer.alloc(0), 0, 0);
    this.#dispatch();
  }

  #endLine(chunk: Buffer, start: number, end: number): void {
    let line: string;
    if (this.#lineBytes === 0) {
      line = end - start > maxEventBytes ? '' : chunk.toString('utf8', start, end);
      if (end - start > maxEventBytes) this.#isTooLong = true;
    } else {
      this.#keep(chunk, start, end);
      line =
        this.#line.length === 1 ? (this.#line[0] as Buffer).toString('utf8') : Buffer.concat(this.#line).toString();
    }
    const isBlank = this.#lineBytes === 0 && start === end;
    this.#line = [];
    this.#lineBytes = 0;
    if (this.#isFirstLine) {
      this.#isFirstLine = false;
      if (line.startsWith('\ufeff')) line = line.slice(1);
    }
    if (isBlank) this.#dispatch();
    else if (line !== '') this.#field(line);
  }

  #field(line: string): void {
    const colon = line.indexOf(':');
    if (colon === 0) return; // a comment
    const name = colon === -1 ? line : line.slice(0, colon);
    let value = colon === -1 ? '' : line.slice(colon + 1);
    if (value.startsWith(' ')) value = value.slice(1);
    if (name !== 'data') {
      this.#onOtherField(name, value);
      return;
    }
    this.#dataBytes += line.length;
    if (this.#dataBytes > maxEventBytes) this.#isTooLong = true;
    else this.#data.push(value);
  }

  #dispatch(): void {
    const data = this.#data.length === 1 ? (this.#data[0] as string) : this.#data.join('\n');
    const isTooLong = this.#isTooLong;
    if (this.#data.length > 0) this.#data = [];
    this.#dataBytes = 0;
    this.#isTooLong = false;
    if (!isTooLong && data !== '') this.#onData(data);
  }

  #keep(chunk: Buffer, start: number, end: number): void {
    if (start === end) return;
    this.#lineBytes += end - start;
    if (this.#lineBytes > maxEventBytes) {
      this.#isTooLong = true;
      this.#line = [];
    } else if (!this.#isTooLong) this.#line.push(chunk.subarray(start, end));
  }
}
