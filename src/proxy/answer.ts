import type { Clock } from '../core/clock';
import type { ErrorCode } from '../core/errors';
import type { UpstreamSign } from '../core/upstream';
import type { Exchange } from './exchange';
import type { OpenAiError } from './openai-error';
import type { RepairPlan } from './repairs/repair-plan';
import type { UpstreamFailure } from './upstream-failure';

/** What handles the body of one engine answer once its head is known. Exactly one of `end` and `failed` comes last. */
export interface Answer {
  chunk(bytes: Buffer): void;
  end(): void;
  failed(failure: UpstreamFailure): void;
  /** The gateway stops. */
  shutdown(): void;
  /** The client has heard nothing for a while: a sign of life, where the answer has a place for one. */
  ping?(): void;
}

/** What an answer may do to the call it belongs to. */
export interface AnswerContext {
  readonly exchange: Exchange;
  /** Name of the engine, for messages. */
  readonly engine: string;
  readonly clock: Clock;
  /** How long a client may leave its bytes unread. */
  readonly stallMs: number;
  readonly plan: RepairPlan;
  /** The head of a stream went out before the engine's: whatever comes must be told as events. */
  readonly isOpen: boolean;
  /** An error in place of the answer; an event where the head is out. Sets the record's error code, not its outcome. */
  respondError(error: OpenAiError, code: ErrorCode, headers?: readonly string[]): void;
  respondStopping(): void;
  pause(): void;
  resume(): void;
  abort(): void;
  /** Told to the engine's health. */
  sign(sign: UpstreamSign): void;
}
