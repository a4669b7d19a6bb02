import type { Exchange } from './exchange';
import type { RecordedRequest } from './recorded-request';
import type { Reply } from './reply';
import type { WireScript } from './wire';

/** A fixed answer to a route. An object as body is sent as JSON. */
export interface CannedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | object | null;
  /** Before the status line. */
  readonly delayMs?: number;
  readonly wire?: WireScript;
}

export type Answer = CannedAnswer | ((exchange: Exchange) => Promise<void> | void);

/** When things happen, in milliseconds. */
export interface Timing {
  /** Every route: from the whole request to the first byte of the answer. */
  readonly answerMs?: number;
  /** Inference: the model is being loaded, no byte leaves. */
  readonly loadMs?: number;
  /** Inference: from the start of the generation to its first token. */
  readonly firstTokenMs?: number;
  /** Between two tokens. */
  readonly tokenMs?: number;
}

/** What every simulator can be told, at its start and while it runs. */
export interface CommonScript {
  /** The model's words. Default: an echo of the prompt. */
  reply?: Reply | ((request: RecordedRequest) => Reply);
  timing?: Timing;
  /** How the bytes of streamed answers go over the wire. */
  wire?: WireScript;
  /** Added to every answer. */
  headers?: Readonly<Record<string, string>>;
  /** Overrides by `METHOD /path` or `/path`; `*` is every route. */
  answers?: Readonly<Record<string, Answer>>;
  /** API key the engine was started with. */
  apiKey?: string;
  /** Idle connections are closed after this; 0: never. Default: as the engine does it. */
  keepAliveMs?: number;
  /** The connection is closed after so many answers; 0: never. Default: as the engine does it. */
  maxRequestsPerConnection?: number;
  /** RST instead of an answer when a connection is used again: a keep-alive connection closed just before the request came. */
  resetReusedConnections?: boolean;
  /** Larger request bodies get 413 before they are read. */
  bodyLimitBytes?: number;
  /** Numbers per embedding. */
  embeddingLength?: number;
  /** `Expect: 100-continue` is answered with this status instead of `100 Continue`. */
  refuseExpect?: number;
}
