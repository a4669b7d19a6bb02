import type { Reason } from '../core/reason';

/** Why a probe got no answer. `reason` says it to a person; `cause` is for decisions. */
export interface ProbeFailure {
  readonly ok: false;
  readonly cause:
    | 'refused'
    | 'connect-timeout'
    | 'answer-timeout'
    | 'reset'
    | 'unresolved'
    | 'unreachable'
    | 'tls'
    | 'not-http'
    | 'too-large'
    | 'aborted';
  readonly reason: Reason;
}

/** A complete HTTP answer of whatever status. */
export interface ProbeReply {
  readonly ok: true;
  readonly status: number;
  /** Names lower-case; of repeated ones the first. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From the request to the last byte. */
  readonly latencyMs: number;
}

export type ProbeAnswer = ProbeReply | ProbeFailure;

export interface ProbeRequest {
  readonly baseUrl: string;
  /** Begins with a slash; appended to the base. */
  readonly path: string;
  /** Sent as JSON with POST; without it the request is a GET. */
  readonly body?: unknown;
  /** Bearer key, for this base only. */
  readonly key?: string;
  readonly connectTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Sends one request on a connection of its own. Never throws and always settles within `totalTimeoutMs`. */
export interface Prober {
  send(request: ProbeRequest): Promise<ProbeAnswer>;
}

/** A conversation with one address: what adapters see of the network. */
export interface ProbeSession {
  readonly baseUrl: string;
  /** A key is sent along. */
  readonly hasKey: boolean;
  get(path: string): Promise<ProbeAnswer>;
  post(path: string, body: unknown): Promise<ProbeAnswer>;
  /** What an adapter wants to remember about this address until its identity changes. */
  readonly memo: Map<string, unknown>;
  /** Requests are shared out between this engine and others, so it matters how busy it is. */
  readonly wantsLoad?: boolean;
  /** Monotonic ms. */
  now(): number;
  /** Time left for optional extras; adapters stop asking when it is negative. */
  remainingMs(): number;
}
