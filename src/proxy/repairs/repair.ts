import type { EngineKind } from '../../core/engine';
import type { ErrorCode } from '../../core/errors';
import type { Model } from '../../core/model';
import type { OpenAiError } from '../openai-error';
import type { InferenceRoute } from '../route-table';
import type { Usage } from '../usage';
import type { JsonObject } from './json-object';

/** The members of a request body, read one at a time: prompts with images are megabytes. */
export interface RequestView {
  readonly isStream: boolean;
  has(name: string): boolean;
  /** The parsed value of a member; undefined when absent. */
  value(name: string): unknown;
  /** The first bytes of a member's value as text; empty when absent. */
  beginning(name: string): string;
  /** Whether the value of a member holds this text. A scan, no parse. */
  includes(name: string, text: string): boolean;
  /** How often the value of a member holds this text, counted up to `most`. A scan, no parse. */
  occurrences(name: string, text: string, most: number): number;
  /** Bytes of a member's value; 0 when absent. */
  byteLength(name: string): number;
}

/** What a repair may know. */
export interface RepairContext {
  /** Name of the engine, for messages. */
  readonly engine: string;
  readonly kind: EngineKind;
  readonly route: InferenceRoute;
  readonly model: Model;
  /** Unique per request; seed of the ids that repairs make. */
  readonly requestId: string;
  /** As the client sent it, before any edit. */
  readonly request: RequestView;
}

/** What becomes of a request: members set and members left out, or a refusal that names the member. */
export type RequestChange =
  | {
      readonly set?: JsonObject;
      readonly drop?: readonly string[];
      /** Where the engine takes it, if not under its route. */
      readonly path?: string;
    }
  | { readonly refuse: string; readonly param: string };

/** Put in the place of an answer that is none: an error for the client. */
export class Fault {
  readonly error: OpenAiError;
  readonly code: ErrorCode;

  constructor(error: OpenAiError, code: ErrorCode) {
    this.error = error;
    this.code = code;
  }
}

/** What a step puts in the place of one chunk: itself, another, several, none, or an error that ends the stream. */
export type ChunkResult = JsonObject | Fault | readonly (JsonObject | Fault)[];

/** A repair at work on one stream. What it remembers belongs to that stream alone. */
export interface ChunkRepair {
  /** The same object means: not changed. Chunks are never written to. */
  chunk(chunk: JsonObject): ChunkResult;
  /**
   * Before `[DONE]`, or where the stream ended without it (`isDone` false): what was held back, or was missing. Called
   * once.
   */
  end?(isDone: boolean): readonly (JsonObject | Fault)[];
  /** The engine's own form of this stream has no `[DONE]`: a stream that finished gets one. */
  readonly owesDone?: boolean;
}

/** A repair of one whole answer; returns the same object when there is nothing to do. */
export interface WholeRepair {
  /** Looks at the first 4 KiB: false saves parsing the answer. */
  readonly concerns?: (beginning: string) => boolean;
  readonly apply: (answer: JsonObject) => JsonObject | Fault;
}

/** A value of the header `x-flm-warning`, which lists them like `x-flm-repair`. */
export type Warning = 'context-truncated' | 'tool-choice-not-forced';

/** Says what is wrong with an answer that cannot be repaired. */
export interface Warner {
  /** From the request alone. */
  readonly before?: () => Warning | undefined;
  /** From what the engine counted. */
  readonly after?: (usage: Usage) => Warning | undefined;
}

/**
 * One way in which engines differ from OpenAI's API, made good. Every function is pure but for the memory of a
 * {@link ChunkRepair}, and idempotent: an answer that needs no repair passes untouched.
 */
export interface Repair {
  /** As listed in `x-flm-repair` and switched off in `flm.proxy.repairs.disabled`. */
  readonly name: string;
  readonly kinds: readonly EngineKind[];
  readonly routes: readonly InferenceRoute[];
  /** Versions of an engine that do not need it. Not asked when the version is unknown. */
  readonly isNeedless?: (kind: EngineKind, version: string) => boolean;
  /** Of the request, edits of earlier repairs included; undefined when there is nothing to do. */
  readonly request?: (body: RequestView, context: RepairContext) => RequestChange | undefined;
  /** Undefined when this stream cannot need it. */
  readonly chunks?: (context: RepairContext) => ChunkRepair | undefined;
  /** Undefined when this answer cannot need it. */
  readonly whole?: (context: RepairContext) => WholeRepair | undefined;
  readonly warn?: (context: RepairContext) => Warner | undefined;
}

export const chatRoutes: readonly InferenceRoute[] = ['/v1/chat/completions'];
export const textRoutes: readonly InferenceRoute[] = ['/v1/chat/completions', '/v1/completions'];
