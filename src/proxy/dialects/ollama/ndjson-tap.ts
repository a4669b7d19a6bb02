import { isJsonObject, type JsonObject } from '../../repairs/json-object';
import type { StreamPosition } from '../../sse-events';
import type { Usage } from '../../usage';
import type { StreamTap } from '../dialect';
import { ollamaUsage } from './ollama-usage';

/** A line longer than this is not kept for reading; its bytes pass all the same. */
const maxLineBytes = 1024 * 1024;

const lf = 0x0a;

/**
 * Reads along with a native stream of Ollama: one JSON object a line, the last one with `done`. Works on bytes, so a
 * character split between chunks is no special case. Lines it cannot read are passed over.
 */
export class NdjsonTap implements StreamTap {
  isDone = false;
  hasFinished = false;
  hasError = false;
  readonly hiddenError = undefined;
  usage: Usage | undefined;
  contentEvents = 0;
  #line: Buffer[] = [];
  #lineBytes = 0;

  get position(): StreamPosition {
    return this.#lineBytes > 0 ? 'mid-line' : 'event-start';
  }

  push(bytes: Buffer): void {
    let start = 0;
    for (let end = bytes.indexOf(lf); end !== -1; end = bytes.indexOf(lf, start)) {
      this.#keep(bytes.subarray(start, end));
      this.#endLine();
      start = end + 1;
    }
    this.#keep(bytes.subarray(start));
  }

  end(): void {
    this.#endLine();
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#lineBytes += bytes.length;
    if (this.#lineBytes > maxLineBytes) this.#line = [];
    else this.#line.push(bytes);
  }

  #endLine(): void {
    const isKept = this.#lineBytes > 0 && this.#lineBytes <= maxLineBytes;
    const text = isKept ? Buffer.concat(this.#line).toString('utf8') : '';
    this.#line = [];
    this.#lineBytes = 0;
    if (text !== '') this.#read(text);
  }

  #read(text: string): void {
    let line: unknown;
    try {
      line = JSON.parse(text);
    } catch {
      return;
    }
    if (!isJsonObject(line)) return;
    if (line.error !== undefined) this.hasError = true;
    if (carriesContent(line)) this.contentEvents++;
    if (line.done !== true) return;
    this.isDone = true;
    this.hasFinished = true;
    this.usage = ollamaUsage(line);
  }
}

function carriesContent(line: JsonObject): boolean {
  const piece = isJsonObject(line.message) ? line.message : line;
  return (
    isText(piece.content) ||
    isText(piece.thinking) ||
    isText(line.response) ||
    (Array.isArray(piece.tool_calls) && piece.tool_calls.length > 0)
  );
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
