import type { ErrorCode } from './errors';

/** What is known of a request before any byte of its body is read. */
export interface RequestFacts {
  /** `req_` and 24 characters; unique; sent back as `x-request-id`. */
  readonly id: string;
  /** Epoch ms of the arrival of the request line. */
  readonly receivedAt: number;
  readonly method: string;
  /** Request target exactly as sent: not decoded, not normalised. */
  readonly target: string;
  /** Names lower-case; repeated headers as Node joins them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Name, value, name, value … exactly as sent: here duplicates still show. */
  readonly rawHeaders: readonly string[];
  /** Peer of the TCP connection, `::ffff:` unwrapped. */
  readonly socketAddress: string;
  /** Who is asking: the socket's peer, or what trusted proxies say. What limits, blocks and the audit log key on. */
  readonly clientAddress: string;
  /** The connection comes from this machine and carries no sign of a proxy or tunnel in front. */
  readonly isDirectLocal: boolean;
  /** Known route pattern (`/v1/chat/completions`), or undefined for an unknown path. */
  readonly route: string | undefined;
  readonly isTls: boolean;
}

/** Who a request is from. */
export type Identity =
  /** Direct loopback without a key. */
  | { readonly type: 'local' }
  /** A valid key. */
  | { readonly type: 'key'; readonly keyId: string; readonly label: string };

/** A refusal as a value: which rule, what a client sees, for how long, and how to lift it. */
export interface Refusal {
  /** Stable id of the rule: `host-guard`, `blocklist`, `rate-limit.address` … */
  readonly rule: string;
  readonly code: ErrorCode;
  /** English, for the client: what happened, why, what to do. No internals, no attacker-made text. */
  readonly message: string;
  /** Seconds to wait before trying again; sent as `Retry-After`. */
  readonly retryAfterSec?: number;
  /** Epoch ms at which the refusal ends; undefined when it does not end by itself. */
  readonly until?: number;
  /** What was seen, at most 200 characters, escaped. Never sent to the client. */
  readonly evidence?: string;
  /** Extra response headers, e.g. `RateLimit`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Something a guard saw that did not refuse the request (or would have, in observe mode). */
export interface Finding {
  readonly rule: string;
  readonly severity: 'info' | 'low' | 'medium' | 'high' | 'critical';
  readonly evidence?: string;
  /** Score added to the address. */
  readonly points?: number;
  /** In observe mode: the guard would have refused. */
  readonly wouldRefuse?: boolean;
}

export type Admission =
  | {
      readonly ok: true;
      readonly identity: Identity;
      readonly headers?: Readonly<Record<string, string>>;
      /** Whether the caller may use, and so see, a model by its canonical id. Undefined: every one. */
      readonly canUse?: (canonicalModelId: string) => boolean;
    }
  | {
      readonly ok: false;
      readonly refusal: Refusal;
      /** Who was refused, where it is proven: for the records. */
      readonly identity?: Identity;
    };

/** Right to one running request; given back exactly once. */
export interface Slot {
  /** How long the request waited for it. */
  readonly waitedMs: number;
  release(): void;
  /** The request went on to another engine: who waits for a place at the first may be let in. */
  moved?(): void;
}

/** What routing found out once the body was read: input of scope and token checks. */
export interface RoutingFacts {
  readonly request: RequestFacts;
  readonly identity: Identity;
  readonly engineId: string;
  readonly modelId: string;
  readonly isStream: boolean;
  readonly bodyBytes: number;
  /** SHA-256 of the body, hex; only for repeated-request detection, never stored. */
  readonly bodyHash?: string;
  /**
   * Takes a place at one of the engines that could answer. Asked whenever the request could run otherwise, perhaps
   * several times; false: all of them are full, and it waits on. True at most once. Synchronous, never throws.
   *
   * @param isLastCall the longest wait is over: an engine that has a queue of its own may take it all the same
   */
  readonly claim?: (isLastCall?: boolean) => boolean;
}

/**
 * Decides who comes in. The proxy asks and obeys; it knows no rule itself.
 *
 * `admit` is synchronous, runs before the body is read, and costs at most tens of microseconds. It never throws: a
 * broken detector lets the request through, a broken identity check refuses it.
 */
export interface Gate {
  admit(facts: RequestFacts): Admission;
  /**
   * Waits for a free slot (fair, bounded) or refuses. `signal` fires when the client has gone: the place in the queue
   * is then given up and the promise rejects with the signal's reason.
   */
  acquire(facts: RoutingFacts, signal: AbortSignal): Promise<Slot | Refusal>;
  /**
   * What {@link acquire} would say at once, without the promise and the signal that waiting needs. Undefined: it has to
   * be waited for, by `acquire`. A gate without it always waits.
   */
  acquireNow?(facts: RoutingFacts): Slot | Refusal | undefined;
  /** Things that happened to a connection outside a normal request. */
  report(event: ConnectionEvent): void;
  /** Every admitted or refused request, exactly once, when its last byte is written or its socket is gone. */
  settled(record: AccessRecord): void;
}

/** Trouble below or beside a request that guards want to count. */
export type ConnectionEvent =
  | { readonly type: 'malformed'; readonly address: string; readonly reason: string }
  | { readonly type: 'connection'; readonly address: string; readonly open: number }
  | { readonly type: 'body-too-large'; readonly facts: RequestFacts; readonly declaredBytes?: number }
  | { readonly type: 'slow-upload'; readonly facts: RequestFacts }
  | { readonly type: 'unknown-route'; readonly facts: RequestFacts };

/** How a request ended. `aborted`: the client left first. */
export type Outcome = 'ok' | 'refused' | 'aborted' | 'engine-error' | 'error';

/** One line of the access log: written once per request, holds no content. */
export interface AccessRecord {
  readonly requestId: string;
  /** Epoch ms. */
  readonly at: number;
  readonly address: string;
  readonly identity?: Identity;
  readonly method: string;
  /** Route pattern; undefined for an unknown path. */
  readonly route: string | undefined;
  /** Path as sent, at most 200 characters, escaped. Query left out. */
  readonly path: string;
  readonly engineId?: string;
  /** Engines that were asked before that one and gave no answer, in order. */
  readonly failedEngines?: readonly string[];
  readonly modelId?: string;
  readonly status: number;
  readonly outcome: Outcome;
  /** Rule of the refusal. */
  readonly rule?: string;
  readonly errorCode?: ErrorCode;
  readonly isStream?: boolean;
  readonly durationMs: number;
  readonly queueMs?: number;
  /** From the request's arrival to the first token (streams) or byte (others) of the engine. */
  readonly firstTokenMs?: number;
  /** Microseconds that FLM itself worked until the head of the answer went out; absent where no engine was to be asked. */
  readonly overheadUs?: number;
  readonly tokensIn?: number;
  readonly tokensOut?: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly userAgent?: string;
}
