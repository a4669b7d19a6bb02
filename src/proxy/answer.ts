import type { Clock } from '../core/clock';
import type { UpstreamSign } from '../core/upstream';
import type { Exchange } from './exchange';
import type { UpstreamFailure } from './upstream-failure';

/** What handles the body of one engine answer once its head is known. Exactly one of `end` and `failed` comes last. */
export interface Answer {
  chunk(bytes: Buffer): void;
  end(): void;
  failed(failure: UpstreamFailure): void;
  /** The gateway stops. */
  shutdown(): void;
}

/** What an answer may do to the call it belongs to. */
export interface AnswerContext {
  readonly exchange: Exchange;
  /** Name of the engine, for messages. */
  readonly engine: string;
  readonly clock: Clock;
  /** How long a client may leave its bytes unread. */
  readonly stallMs: number;
  pause(): void;
  resume(): void;
  abort(): void;
  /** Told to the engine's health. */
  sign(sign: UpstreamSign): void;
}
