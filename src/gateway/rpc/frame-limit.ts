/** Longest message header: two `Content-…` lines. */
const maxHeaderBytes = 512;

/**
 * Follows the framing of JSON-RPC (`Content-Length: N`, empty line, N bytes) to refuse what would not fit, since
 * vscode-jsonrpc gathers whatever it is sent. Costs a scan of the headers; holds at most one header.
 */
export class FrameLimit {
  readonly #maxBodyBytes: number;
  #header = '';
  #bodyLeft = 0;

  constructor(maxBodyBytes: number) {
    this.#maxBodyBytes = maxBodyBytes;
  }

  /** Takes the next bytes as they arrive. False: this peer must be cut off. */
  accept(chunk: Uint8Array): boolean {
    let at = 0;
    while (at < chunk.length) {
      const skipped = Math.min(this.#bodyLeft, chunk.length - at);
      this.#bodyLeft -= skipped;
      at += skipped;
      for (; this.#bodyLeft === 0 && at < chunk.length; at++) {
        this.#header += String.fromCharCode(chunk[at] ?? 0);
        if (this.#header.length > maxHeaderBytes) return false;
        if (this.#header.endsWith('\r\n\r\n')) {
          const length = /(?:^|\r\n)content-length:\s*(\d{1,10})\s*\r\n/i.exec(this.#header)?.[1];
          if (length === undefined || Number(length) > this.#maxBodyBytes) return false;
          this.#header = '';
          this.#bodyLeft = Number(length);
        }
      }
    }
    return true;
  }
}
