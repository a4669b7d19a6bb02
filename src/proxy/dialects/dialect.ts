import type { CatalogEntry } from '../../core/catalog';
import type { InferenceBody } from '../inference-body';
import type { OpenAiError } from '../openai-error';
import type { JsonObject } from '../repairs/json-object';
import type { StreamState } from '../stream-tally';
import type { Usage } from '../usage';

/** Routes that every engine has, in OpenAI's form: what a request of another dialect is translated to. */
export type CommonRoute = '/v1/chat/completions' | '/v1/completions' | '/v1/embeddings';

/** How an API words its errors. Known from the route alone, so that refusals at the entrance speak it, too. */
export interface ErrorFormat {
  /** The whole body of an error answer, JSON. */
  body(error: OpenAiError, requestId: string): string;
  /** The same inside a stream whose head is on its way: a whole event or line, its end included. */
  event(error: OpenAiError, requestId: string): string;
  /** Where clients of this API look for the id of their request, besides `x-request-id`. */
  readonly requestIdHeader?: string;
}

export type StreamType = 'text/event-stream' | 'application/x-ndjson';

/** How streams of an API look on the wire. */
export interface StreamFormat {
  readonly contentType: StreamType;
  /** A sign of life that every reader passes over; undefined where the format has no place for one. */
  readonly ping: string | undefined;
  /** Reads along with a stream that an engine speaks natively. */
  tap(): StreamTap;
}

/** Sees the bytes of a native stream on their way; changes nothing. */
export interface StreamTap extends StreamState {
  readonly usage: Usage | undefined;
  /** Events that carried text, reasoning or tool calls. */
  readonly contentEvents: number;
  push(bytes: Buffer): void;
  end(): void;
}

/** A request in OpenAI's form, with what puts its answer back. */
export interface Translation {
  readonly route: CommonRoute;
  /** Members of the common request. `model`, `stream` and `stream_options` are set by the caller. */
  readonly request: JsonObject;
  /** For an answer that streams. */
  stream(): StreamTranslator;
  /** For a whole answer, after repairs; undefined when it is no answer of this route. Pure. */
  whole(answer: JsonObject): JsonObject | undefined;
}

/** OpenAI chunks in, events of the dialect out. Belongs to one answer. Never throws. */
export interface StreamTranslator {
  /**
   * Text to send for one chunk, whole events or lines; '' for nothing yet. The last chunks may carry `usage` with empty
   * `choices`, which is always asked of the engine.
   */
  chunk(chunk: JsonObject): string;
  /** The stream is complete: what is still to be said (stop events, totals). Called at most once, nothing follows. */
  end(): string;
  /** An error inside this stream, where its events are numbered; else the dialect's {@link ErrorFormat} words it. */
  error?(error: OpenAiError): string;
}

export type Translated =
  | { readonly ok: true; readonly translation: Translation }
  | { readonly ok: false; readonly error: OpenAiError }
  /** FLM answers by itself: no engine is asked. */
  | { readonly ok: 'answered'; readonly answer: JsonObject; readonly headers: readonly string[] };

/** What a translation may know besides the request. */
export interface TranslationContext {
  readonly entry: CatalogEntry;
  /** Unique per request: seed of the ids that the answer needs. */
  readonly requestId: string;
  /** Epoch ms of the request's arrival. */
  readonly receivedAt: number;
  /** Monotonic ms since the request's arrival: for formats that tell durations. */
  elapsedMs(): number;
}

/** One inference route of an API other than OpenAI's chat, completions and embeddings. */
export interface Dialect {
  readonly errors: ErrorFormat;
  readonly streams: StreamFormat;
  /** Whether the client streams when it does not say (Ollama: yes). */
  readonly streamsByDefault: boolean;
  /** The route has no streams: a member `stream` is no wish for one (embeddings, rerank, counting). */
  readonly neverStreams?: boolean;
  /**
   * The path under which this engine speaks the dialect itself, well enough to be left alone; undefined: translate.
   * Decided by kind and version from ENGINES facts, never by trying.
   */
  nativePath(entry: CatalogEntry, body: InferenceBody): string | undefined;
  /** Tokens as told in a whole native answer, or in the end of a long one. No full parse: it may be megabytes. */
  usage(body: Buffer): Usage | undefined;
  /** Into OpenAI's form; undefined: this dialect only exists where an engine speaks it (rerank). Never throws. */
  readonly translate?: (body: InferenceBody, context: TranslationContext) => Translated;
}
