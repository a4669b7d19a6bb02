import { readQuickHints, readServiceHints, type AddressHint } from './environment-hints';
import type { HostEnvironment } from './host-environment';
import { findInstalledEngines, type InstalledEngine } from './installed-engines';

/** What the machine itself says about engines, as last read. */
export class AddressSources {
  readonly #host: HostEnvironment;
  #hints: readonly AddressHint[] = [];
  #installed: readonly InstalledEngine[] = [];
  #ownAddresses: ReadonlySet<string> = new Set();

  constructor(host: HostEnvironment) {
    this.#host = host;
  }

  get hints(): readonly AddressHint[] {
    return this.#hints;
  }

  get installed(): readonly InstalledEngine[] {
    return this.#installed;
  }

  get ownAddresses(): ReadonlySet<string> {
    return this.#ownAddresses;
  }

  /** Reads everything anew; calls back after each part that may name further addresses. About a second at most. */
  async read(onHints: () => Promise<void>): Promise<void> {
    this.#ownAddresses = new Set(this.#host.ownAddresses());
    const learn = async (part: Promise<readonly AddressHint[]>) => {
      const found = await part;
      const isReplaced = (old: AddressHint) => found.some((hint) => hint.detail === old.detail);
      this.#hints = [...this.#hints.filter((old) => !isReplaced(old)), ...found];
      await onHints();
    };
    await Promise.all([
      learn(readQuickHints(this.#host)),
      learn(readServiceHints(this.#host)),
      findInstalledEngines(this.#host).then((found) => {
        this.#installed = found;
      }),
    ]);
  }
}
