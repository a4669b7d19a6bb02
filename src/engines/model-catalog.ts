import type { Catalog, CatalogEntry, Resolution } from '../core/catalog';
import type { FlmConfig } from '../core/config-schema';
import { isUsable, type Engine, type EngineState, type EnginesSnapshot } from '../core/engine';
import { canonicalModelId, modelUriScheme, stripModelUri } from '../core/model-id';
import { suggestModels } from './model-suggestions';

/** Aliases may point at aliases; more steps than this are a circle. */
const maxAliasSteps = 5;

/** Ollama's name for the tag of a model that is named without one. */
const impliedTag = ':latest';

/** Which of several engines to ask first. Engines that cannot be used stay reachable, so that the error can say why. */
const stateRanks: Record<EngineState, number> = {
  healthy: 0,
  degraded: 1,
  loading: 2,
  'needs-key': 3,
  'api-error': 4,
  'network-error': 5,
  installed: 6,
};

interface Index {
  readonly published: readonly CatalogEntry[];
  readonly byCanonicalId: ReadonlyMap<string, CatalogEntry>;
  /** Engines' own ids and aliases → all who have one, best first. */
  readonly byBareId: ReadonlyMap<string, readonly CatalogEntry[]>;
}

/**
 * The catalogue over the engines as last seen. The index is built once per snapshot and configuration, on first use;
 * lookups cost a few map reads, however many models there are.
 *
 * Published are the models of engines that can be used now. Models of other engines are still resolved, after those
 * of usable ones: a request for them fails with the engine's reason instead of "no such model".
 */
export class ModelCatalog implements Catalog {
  readonly #snapshot: () => EnginesSnapshot;
  readonly #config: () => FlmConfig;
  #index: Index | undefined;
  #indexedSnapshot: EnginesSnapshot | undefined;
  #indexedHidden: readonly string[] | undefined;

  constructor(snapshot: () => EnginesSnapshot, config: () => FlmConfig) {
    this.#snapshot = snapshot;
    this.#config = config;
  }

  list(): readonly CatalogEntry[] {
    return this.#current().published;
  }

  resolve(name: string | undefined): Resolution {
    const config = this.#config();
    const asked = name === undefined || name === '' ? config['proxy.defaultModel'] : name;
    if (asked === '') return { ok: false, code: 'model_missing', suggestions: suggestModels('', this.list()) };
    const index = this.#current();
    const meant = followAliases(asked, config['proxy.aliases']);
    const exact = find(meant, index);
    const candidates = exact.length > 0 ? exact : find(untagged(meant) ?? meant, index);
    if (candidates.length > 0) return { ok: true, candidates };
    return { ok: false, code: 'model_not_found', suggestions: suggestModels(meant, index.published) };
  }

  #current(): Index {
    const snapshot = this.#snapshot();
    const hidden = this.#config()['engines.hidden'];
    if (this.#index === undefined || snapshot !== this.#indexedSnapshot || hidden !== this.#indexedHidden) {
      this.#index = buildIndex(snapshot.engines.filter((engine) => !hidden.includes(engine.id)));
      this.#indexedSnapshot = snapshot;
      this.#indexedHidden = hidden;
    }
    return this.#index;
  }
}

function followAliases(name: string, aliases: Readonly<Record<string, string>>): string {
  let current = name;
  for (let step = 0; step < maxAliasSteps; step++) {
    const next = Object.hasOwn(aliases, current) ? aliases[current] : undefined;
    if (next === undefined || next === current) return current;
    current = next;
  }
  return current;
}

function find(name: string, index: Index): readonly CatalogEntry[] {
  const isUri = name.startsWith(modelUriScheme);
  for (const id of isUri ? uriReadings(name) : [name]) {
    const exact = index.byCanonicalId.get(id);
    if (exact !== undefined) return [exact];
  }
  // `openai/gpt-oss-20b` is a whole id on some engines, even where an engine named `openai` exists.
  return isUri ? [] : (index.byBareId.get(name) ?? []);
}

/** The name without `:latest`, which clients of Ollama put behind names without a tag, whichever engine has the model. */
function untagged(name: string): string | undefined {
  return name.endsWith(impliedTag) ? name.slice(0, -impliedTag.length) : undefined;
}

/** A `%` in a model URI is an encoding or part of the name: the decoded reading first, then the literal one. */
function uriReadings(uri: string): readonly string[] {
  return [stripModelUri(uri), uri.slice(modelUriScheme.length)];
}

function buildIndex(engines: readonly Engine[]): Index {
  const ordered = [...engines].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const entries = ordered.flatMap((engine) =>
    engine.models.map((model): CatalogEntry => ({ id: canonicalModelId(engine.id, model.id), engine, model })),
  );
  const byCanonicalId = new Map<string, CatalogEntry>();
  const byBareId = new Map<string, CatalogEntry[]>();
  for (const entry of entries) byCanonicalId.set(entry.id, entry);
  for (const entry of entries) {
    for (const name of namesOf(entry)) {
      // A model's real id beats another's alias, so aliases only fill gaps.
      const canonical = canonicalModelId(entry.engine.id, name);
      if (!byCanonicalId.has(canonical)) byCanonicalId.set(canonical, entry);
      if (byCanonicalId.get(canonical) !== entry) continue;
      const bearers = byBareId.get(name);
      if (bearers === undefined) byBareId.set(name, [entry]);
      else if (!bearers.includes(entry)) bearers.push(entry);
    }
  }
  for (const bearers of byBareId.values())
    bearers.sort((a, b) => stateRanks[a.engine.state] - stateRanks[b.engine.state]);
  return { published: entries.filter((entry) => isUsable(entry.engine.state)), byCanonicalId, byBareId };
}

/** All names under which the engine itself would accept the model. */
function namesOf({ engine, model }: CatalogEntry): readonly string[] {
  const implied =
    engine.kind === 'ollama' && model.id.endsWith(impliedTag) ? [model.id.slice(0, -impliedTag.length)] : [];
  return [model.id, ...(model.aliases ?? []), ...implied];
}
