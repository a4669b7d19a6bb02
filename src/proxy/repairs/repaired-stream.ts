import { isUtf8 } from 'node:buffer';
import { isComment, isDoneMark, isGap, parseData, readBlock, unreadable } from '../event-block';
import { errorEvent, type OpenAiError } from '../openai-error';
import { redactedEvent } from '../redacted-event';
import type { StreamPosition } from '../sse-events';
import { StreamTally } from '../stream-tally';
import type { Usage } from '../usage';
import { isJsonObject, type JsonObject } from './json-object';
import type { Renderer } from './renderer';
import { Fault, type ChunkRepair, type ChunkResult, type Warning } from './repair';
import { SseBlocks, type BlockSink } from './sse-blocks';

const blankLine = Buffer.from('\n\n');

/**
 * A stream of chunks with repairs at work: bytes in, bytes out, event by event.
 *
 * An event that no repair changes leaves with its own bytes; a changed one is written anew, its other lines (`event:`,
 * `id:`, comments) kept. What cannot be read passes. The output is the same for any division of the input into chunks.
 *
 * With a renderer every chunk leaves in the words of another API, and nothing else does. An event that may have been a
 * chunk and cannot be read is then an error, after which nothing follows: left out, it would be a gap in the answer that
 * nobody notices. What is no loss is passed over ({@link isGap}).
 */
export class RepairedStream implements BlockSink {
  /** Names of the armed repairs. */
  readonly names: readonly string[];
  /** What the engine sent, as counted before any repair. */
  readonly tally = new StreamTally();
  /** Set when a repair ended the stream with an error; nothing follows then. */
  fault: Fault | undefined;
  readonly #steps: readonly ChunkRepair[];
  readonly #warningsOf: (usage: Usage | undefined) => readonly Warning[];
  readonly #renderer: Renderer | undefined;
  readonly #blocks = new SseBlocks(this);
  #out: (Buffer | string)[] = [];
  #isLastRaw = false;
  #hasEnded = false;

  constructor(
    steps: readonly ChunkRepair[],
    names: readonly string[],
    warningsOf: (usage: Usage | undefined) => readonly Warning[],
    renderer?: Renderer,
  ) {
    this.#renderer = renderer;
    this.#steps = steps;
    this.names = names;
    this.#warningsOf = warningsOf;
  }

  /** Where the output stands. */
  get position(): StreamPosition {
    return this.#renderer === undefined ? this.#blocks.position : 'event-start';
  }

  /** What goes to the client for these bytes; undefined for nothing yet. */
  push(chunk: Buffer): Buffer | string | undefined {
    this.#blocks.push(chunk);
    return this.#take();
  }

  /** The engine's stream ended by itself. An event left open counts if it can be read. */
  end(): Buffer | string | undefined {
    this.#blocks.end();
    this.#endSteps(false);
    // An answer that is complete but for `[DONE]` gets its end in the other API's words
    if (this.tally.hasFinished && !this.tally.hasError) {
      if (this.#renderer !== undefined) this.#say(this.#renderer.end());
      else if (!this.tally.isDone && this.#steps.some(({ owesDone }) => owesDone === true)) {
        this.#say('data: [DONE]\n\n');
      }
    }
    return this.#take();
  }

  /** The stream broke: gives out what repairs held back. */
  cutOff(): Buffer | string | undefined {
    this.#endSteps(false);
    return this.#take();
  }

  /** An error in the words of the stream's other API; undefined where it has none. */
  errorEvent(error: OpenAiError): string | undefined {
    return this.#renderer?.error(error);
  }

  block(bytes: Buffer): void {
    if (this.fault !== undefined) return;
    this.#isLastRaw = false;
    const told = this.#renderer === undefined ? redactedEvent(bytes) : bytes;
    const block = readBlock(told);
    const { data, isOpen, error } = block;
    if (error !== undefined) this.tally.otherField('error', error);
    if (isDoneMark(data)) {
      this.#done(isOpen ? Buffer.concat([told, blankLine]) : told);
      return;
    }
    const parsed = parseData(data);
    // An event cut in the middle must not reach the client: it would fail on it, not on the error that follows
    if (isOpen && parsed === unreadable) return;
    if (this.#renderer !== undefined) {
      const chunk = isUtf8(bytes) ? parsed : unreadable;
      if (isJsonObject(chunk)) this.#write(this.#repaired(chunk));
      else if (isGap(block, chunk) && !this.#hasEnded) this.#write([this.#renderer.unreadable()]);
      else if (isComment(block) && !this.#hasEnded) this.#say(this.#renderer.ping);
      return;
    }
    const outputs = isJsonObject(parsed) ? this.#repaired(parsed) : undefined;
    if (outputs === undefined || (outputs.length === 1 && outputs[0] === parsed)) this.#raw(told, isOpen);
    else this.#rewrite(outputs, block.lines);
  }

  spill(bytes: Buffer): void {
    if (this.fault !== undefined) return;
    if (this.#renderer === undefined) this.#raw(bytes, false);
    else if (!this.#hasEnded) this.#write([this.#renderer.tooLong()]);
  }

  lateLf(): void {
    if (this.#isLastRaw && this.fault === undefined) this.#out.push('\n');
  }

  #repaired(event: JsonObject): readonly (JsonObject | Fault)[] {
    this.tally.event(event);
    return this.#through(0, event);
  }

  /** The outputs for one chunk of the repairs from `from` on. */
  #through(from: number, chunk: JsonObject): readonly (JsonObject | Fault)[] {
    let current = chunk;
    for (let at = from; at < this.#steps.length; at++) {
      const result: ChunkResult = (this.#steps[at] as ChunkRepair).chunk(current);
      if (result instanceof Fault) return [result];
      if (isMany(result)) return result.flatMap((one) => (one instanceof Fault ? [one] : this.#through(at + 1, one)));
      current = result;
    }
    return [current];
  }

  #done(bytes: Buffer): void {
    this.tally.done();
    this.#endSteps(true);
    if (this.fault !== undefined) return;
    const warnings = this.#warningsOf(this.tally.usage);
    const isTold = warnings.length > 0 && this.#renderer?.takesComments !== false;
    if (isTold) this.#out.push(`: x-flm-warning: ${warnings.join(', ')}\n\n`);
    if (this.#renderer === undefined) this.#raw(bytes, false);
    else this.#say(this.#renderer.end());
  }

  #endSteps(isDone: boolean): void {
    if (this.#hasEnded || this.fault !== undefined) return;
    this.#hasEnded = true;
    this.#steps.forEach((step, at) => {
      for (const output of step.end?.(isDone) ?? []) {
        this.#write(output instanceof Fault ? [output] : this.#through(at + 1, output));
      }
    });
  }

  #rewrite(outputs: readonly (JsonObject | Fault)[], lines: readonly string[]): void {
    const others = lines.filter((line) => line !== '' && !/^\ufeff?data(:|$)/.test(line));
    const isPassed = outputs.length > 0 && !(outputs[0] instanceof Fault);
    if (isPassed && others.length > 0) this.#out.push(`${others.join('\n')}\n`);
    this.#write(outputs);
  }

  #write(outputs: readonly (JsonObject | Fault)[]): void {
    for (const output of outputs) {
      if (this.fault !== undefined) return;
      const said = output instanceof Fault ? output : this.#said(output);
      if (said instanceof Fault) {
        this.fault = said;
        this.#out.push(this.errorEvent(said.error) ?? errorEvent(said.error));
      } else this.#say(said);
    }
  }

  #said(chunk: JsonObject): string | Fault {
    return this.#renderer === undefined ? `data: ${JSON.stringify(chunk)}\n\n` : this.#renderer.chunk(chunk);
  }

  #say(text: string): void {
    if (text !== '' && this.fault === undefined) this.#out.push(text);
  }

  #raw(bytes: Buffer, isOpen: boolean): void {
    this.#isLastRaw = true;
    this.#out.push(bytes);
    if (isOpen) this.#out.push('\n\n');
  }

  #take(): Buffer | string | undefined {
    const out = this.#out;
    if (out.length === 0) return undefined;
    this.#out = [];
    if (out.length === 1) return out[0];
    return Buffer.concat(out.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  }
}

function isMany(result: ChunkResult): result is readonly (JsonObject | Fault)[] {
  return Array.isArray(result);
}
