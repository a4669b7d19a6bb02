import type { CatalogEntry } from '../../core/catalog';
import type { Clock } from '../../core/clock';
import type { FlmConfig } from '../../core/config-schema';
import type { Engine } from '../../core/engine';
import type { EngineLoads } from '../../core/engine-load';
import type { Identity } from '../../core/request';
import type { InferenceBody } from '../inference-body';
import { InFlight } from '../in-flight';
import { Breakers } from './breakers';
import type { BreakerState } from './circuit-breaker';
import { conversationKey } from './conversation-key';
import { chooseEngine, limitOf, usableOf } from './engine-choice';
import { Route } from './route';
import { StickyEngines } from './sticky-engines';

/**
 * Where a place may be taken: only where one is free; at a full engine that waits by itself, which its settings do not
 * forbid; anywhere.
 */
export type Room = 'free' | 'engine-queue' | 'any';

/** What goes on between FLM and one engine. */
export interface EngineTraffic {
  readonly engineId: string;
  readonly inFlight: number;
  readonly breaker: BreakerState;
}

/**
 * Decides which engine gets a request: who has room, whose connections work, who is least busy, where the conversation
 * was before. With one candidate nothing is compared or hashed.
 */
export class Router {
  readonly inFlight = new InFlight();
  readonly breakers: Breakers;
  readonly #sticky: StickyEngines;
  readonly #config: () => FlmConfig;
  readonly #loads: EngineLoads | undefined;

  constructor(clock: Clock, config: () => FlmConfig, loads: EngineLoads | undefined) {
    this.breakers = new Breakers(clock);
    this.#sticky = new StickyEngines(clock);
    this.#config = config;
    this.#loads = loads;
  }

  /** @param candidates all that have the model and that the caller may use; never empty */
  open(candidates: readonly CatalogEntry[], body: InferenceBody, identity: Identity | undefined): Route {
    const usable = usableOf(candidates);
    return new Route(this, usable, usable.length > 1 ? conversationKey(body, identity) : undefined);
  }

  /** The engine for a request, or undefined while none has room. Remembers it for the conversation. */
  choose(candidates: readonly CatalogEntry[], conversation: string | undefined, room: Room): CatalogEntry | undefined {
    if (candidates.length === 1) {
      const only = candidates[0] as CatalogEntry;
      return this.#isOpen(only.engine, room) ? only : undefined;
    }
    const free = candidates.filter(({ engine }) => this.#isOpen(engine, room));
    if (free.length <= 1 && conversation === undefined) return free[0];
    const stayAt = conversation === undefined ? undefined : this.#sticky.engineOf(conversation);
    const chosen = chooseEngine(free, { inFlight: this.inFlight, loads: this.#loads }, stayAt);
    if (chosen !== undefined && conversation !== undefined) this.#sticky.remember(conversation, chosen.engine.id);
    return chosen;
  }

  /** For metrics: every engine with a request or an open breaker among `engineIds`. */
  traffic(engineIds: readonly string[]): readonly EngineTraffic[] {
    return engineIds.map((engineId) => ({
      engineId,
      inFlight: this.inFlight.of(engineId),
      breaker: this.breakers.stateOf(engineId),
    }));
  }

  #isOpen(engine: Engine, room: Room): boolean {
    if (!this.breakers.allows(engine)) return false;
    const configured = this.#config()['routing.engines'][engine.id]?.concurrency;
    if (room === 'any' || (room === 'engine-queue' && configured === undefined)) return true;
    return this.inFlight.of(engine.id) < limitOf(engine, configured);
  }
}
