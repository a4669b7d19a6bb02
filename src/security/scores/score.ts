import { hashText } from '../text-hash';

/** How fast a score fades and how much one source of points may add. */
export interface ScoreLimits {
  readonly halfLifeMs: number;
  /** Most that one request may add. */
  readonly perRequest: number;
  /** Most that one category may hold. */
  readonly perCategory: number;
}

/** Different pieces of evidence remembered per address; more is no longer news. */
const MAX_EVIDENCE = 64;

/**
 * Suspicion against one address: points per category, each halving every half-life. The same evidence counts once, and
 * no category alone can reach a block, so a client that repeats one mistake never does.
 */
export class Score {
  readonly #categories = new Map<string, { points: number; at: number }>();
  /** Hashes: 10,000 addresses must fit into a few megabytes. */
  readonly #evidence = new Set<number>();

  /** Adds the points of one request; answers how many counted. */
  add(
    signs: readonly { category: string; points: number; evidence: string }[],
    factor: number,
    now: number,
    limits: ScoreLimits,
  ): number {
    let left = limits.perRequest * factor;
    let gained = 0;
    for (const sign of signs) {
      const evidence = hashText(`${sign.category} ${sign.evidence}`);
      if (left <= 0 || sign.points <= 0 || this.#evidence.has(evidence)) continue;
      if (this.#evidence.size < MAX_EVIDENCE) this.#evidence.add(evidence);
      const held = this.#held(sign.category, now, limits);
      const gain = Math.min(sign.points * factor, left, Math.max(0, limits.perCategory - held));
      this.#categories.set(sign.category, { points: held + gain, at: now });
      left -= gain;
      gained += gain;
    }
    return gained;
  }

  total(now: number, limits: ScoreLimits): number {
    let sum = 0;
    for (const category of this.#categories.keys()) sum += this.#held(category, now, limits);
    return sum;
  }

  /** Categories that still weigh at least a point. */
  categories(now: number, limits: ScoreLimits): readonly string[] {
    return [...this.#categories.keys()].filter((category) => this.#held(category, now, limits) >= 1);
  }

  hasSeen(category: string, evidence: string): boolean {
    return this.#evidence.has(hashText(`${category} ${evidence}`));
  }

  #held(category: string, now: number, { halfLifeMs }: ScoreLimits): number {
    const entry = this.#categories.get(category);
    return entry === undefined ? 0 : entry.points * 2 ** (-(now - entry.at) / halfLifeMs);
  }
}
