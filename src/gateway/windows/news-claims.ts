/** Names of what was told; more than that is no life of a gateway. The oldest go first. */
const maxTold = 1000;

/** What was told to a person already, so that no other window does it again. */
export class NewsClaims {
  readonly #told = new Set<string>();

  /** True for the first to ask. */
  claim(name: string): boolean {
    if (this.#told.has(name)) return false;
    const [oldest] = this.#told;
    if (this.#told.size >= maxTold && oldest !== undefined) this.#told.delete(oldest);
    this.#told.add(name);
    return true;
  }
}
