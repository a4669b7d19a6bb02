/** Sent with every answer of FLM; a server that answers with it is FLM itself and never an engine. Value: the version. */
export const gatewayHeader = 'x-flm-gateway';

/** API keys of engines, by base URL. In memory; VS Code's SecretStorage keeps them. */
export interface EngineKeys {
  get(baseUrl: string): string | undefined;
}

/** What a forwarded request showed about its engine. */
export type UpstreamSign =
  /** Answered below 500, other than 401/403/429. */
  | 'ok'
  /** Connection refused or host unreachable. */
  | 'unreachable'
  /** No connection, first byte or next byte in time. */
  | 'timeout'
  /** The connection broke before or during the answer. */
  | 'reset'
  /** 401 or 403. */
  | 'unauthorized'
  /** 429 or 503. */
  | 'busy'
  /** 500 and above, other than 503. */
  | 'failed';

/** Takes what requests show about engines, so that a dead engine is noticed before the next probe. Returns at once. */
export interface UpstreamHealth {
  report(engineId: string, sign: UpstreamSign): void;
}
