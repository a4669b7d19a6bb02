import type { ExposureDemand } from '../../core/exposure';

/**
 * Takes the wishes of shares: each id has at most one, the last. A wish lasts until it is released, also over a restart
 * of the proxy, but not over one of the gateway: whoever has it, says it again. Nothing is asked of a person: making
 * the share was the confirmation. Both calls return at once and never throw.
 */
export interface ExposureDemands {
  demand(id: string, demand: ExposureDemand): void;
  /** Unknown ids are no error. */
  release(id: string): void;
}
