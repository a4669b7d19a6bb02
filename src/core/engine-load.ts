/** How busy an engine said it was when it was last probed, with everybody's requests. */
export interface EngineLoad {
  /** Requests it is working on. */
  readonly running: number;
  /** Requests in its own queue. */
  readonly waiting: number;
}

/** What probes of engines brought, from memory: costs a map read. */
export interface EngineLoads {
  /** Undefined where the engine does not tell, or has not been asked for a while. */
  loadOf(engineId: string): EngineLoad | undefined;
}
