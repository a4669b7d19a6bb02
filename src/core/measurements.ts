/** What was measured about one model, over its last requests. Nothing of a request's content or client is in it. */
export interface ModelMeasurement {
  readonly engineId: string;
  readonly modelId: string;
  /** Requests that ended well since the gateway's start. */
  readonly requests: number;
  /** Milliseconds from a request's arrival to its first token, streams only. Undefined: none measured. */
  readonly firstTokenMs?: Spread;
  /** Tokens a second from the first token to the last, streams only. */
  readonly tokensPerSecond?: Spread;
}

export interface Spread {
  readonly p50: number;
  /** Of a time, 95 of 100 were shorter; of a speed, 95 of 100 were slower. */
  readonly p95: number;
  /** How many values that is said of. */
  readonly count: number;
}

/** What FLM itself adds to requests, in microseconds; see the response header `x-flm-overhead-us`. */
export interface OverheadMeasurement extends Spread {
  readonly p99: number;
  /** Upper bounds in µs with the number of recent requests up to each and above the one before; the last has no bound. */
  readonly histogram: readonly { readonly upToUs?: number; readonly count: number }[];
}

export interface Measurements {
  readonly models: readonly ModelMeasurement[];
  /** Undefined before the first request. */
  readonly overheadUs?: OverheadMeasurement;
}
