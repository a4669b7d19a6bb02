import { LineBlocks } from '../../line-blocks';
import { isJsonObject, parseJsonObject, type JsonObject } from '../../repairs/json-object';
import type { Usage } from '../../usage';
import type { StreamTap } from '../dialect';
import { ollamaUsage } from './ollama-usage';

/**
 * Reads along with a native stream of Ollama: one JSON object a line, the last one with `done`. Lines it cannot read, or
 * longer than 1 MiB, are passed over.
 */
export class NdjsonTap implements StreamTap {
  isDone = false;
  hasFinished = false;
  hasError = false;
  readonly hiddenError = undefined;
  usage: Usage | undefined;
  contentEvents = 0;
  readonly #lines = new LineBlocks({ block: (line) => this.#read(line.toString('utf8')), spill: () => undefined });

  push(bytes: Buffer): void {
    this.#lines.push(bytes);
  }

  end(): void {
    this.#lines.end();
  }

  #read(text: string): void {
    const line = parseJsonObject(text);
    if (line === undefined) return;
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
