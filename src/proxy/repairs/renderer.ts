import type { ErrorFormat, StreamTranslator } from '../dialects/dialect';
import type { Voice } from '../dialects/voice';
import { openAiError, type OpenAiError } from '../openai-error';
import { Fault, type RepairContext } from './repair';
import type { JsonObject } from './json-object';
import { faultOf } from './stream-errors';

/** Writes the repaired chunks of a stream in the words of another API. */
export class Renderer {
  readonly #engine: string;
  readonly #requestId: string;
  readonly #translator: StreamTranslator;
  readonly #errors: ErrorFormat;
  /** A sign of life, '' where the format has none. */
  readonly ping: string;
  /** Comments may stand between events. */
  readonly takesComments: boolean;
  #hasEnded = false;

  constructor(
    { engine, requestId }: Pick<RepairContext, 'engine' | 'requestId'>,
    translator: StreamTranslator,
    voice: Pick<Voice, 'ping' | 'clientStreams' | 'errors'>,
  ) {
    this.#engine = engine;
    this.#requestId = requestId;
    this.#translator = translator;
    this.#errors = voice.errors;
    this.ping = voice.ping ?? '';
    this.takesComments = voice.clientStreams === 'text/event-stream';
  }

  /** An error in place of a chunk is a fault, whether or not the repair `stream-errors` is armed. */
  chunk(chunk: JsonObject): string | Fault {
    if (this.#hasEnded) return '';
    return faultOf(chunk, this.#engine) ?? this.#translator.chunk(chunk);
  }

  end(): string {
    if (this.#hasEnded) return '';
    this.#hasEnded = true;
    return this.#translator.end();
  }

  error(error: OpenAiError): string {
    return this.#translator.error?.(error) ?? this.#errors.event(error, this.#requestId);
  }

  /** An event too long to be read cannot be put into other words, and left out it would be a gap in the answer. */
  tooLong(): Fault {
    return this.#lost('an event of more than 1 MiB, too large to be translated');
  }

  /** The same of one that is no JSON, or not in UTF-8. */
  unreadable(): Fault {
    return this.#lost('an event that is not valid JSON in UTF-8, so a part of its answer is missing');
  }

  #lost(what: string): Fault {
    return new Fault(openAiError('engine_error', `The engine ${this.#engine} sent ${what}.`), 'engine_error');
  }
}
