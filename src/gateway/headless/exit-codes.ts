/** How the headless gateway ends. Documented in its `--help` and the README: a contract with scripts. */
export const exitCodes = {
  /** Stopped in order, or answered `--help` and `--version`. */
  ok: 0,
  failed: 1,
  badArguments: 2,
  badConfig: 3,
  /** Another gateway holds the data folder, or took it over. */
  taken: 4,
  cannotListen: 5,
} as const;

/** A second signal ends at once, as the signal itself would (128 + its number). */
export const signalExitCodes = { SIGINT: 130, SIGTERM: 143 } as const;
