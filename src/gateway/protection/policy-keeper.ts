import { messageOf } from '../../core/errors';
import type { Logger } from '../../core/logger';
import { defaultPolicy, parsePolicy, type PolicyResult } from '../../core/policy';
import type { SecurityPolicy } from '../../core/policy-schema';

/** Where the policy is stored: `StoredDocuments` of the storage. */
export interface PolicyStore {
  get(name: string): { readonly value: unknown } | undefined;
  put(name: string, value: unknown): Promise<void>;
}

const documentName = 'security-policy';

/**
 * The security policy: read at the start, checked as a whole on every change, stored before it counts as set. A stored
 * policy that no longer fits (an older FLM wrote it) is left where it is and the defaults apply, which is said.
 */
export class PolicyKeeper {
  readonly #store: PolicyStore;
  readonly #logger: Logger;
  #policy: SecurityPolicy = defaultPolicy;

  constructor(store: PolicyStore, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  get policy(): SecurityPolicy {
    return this.#policy;
  }

  /** Reads what is stored. */
  load(): SecurityPolicy {
    const stored = this.#store.get(documentName);
    if (stored === undefined) return this.#policy;
    const result = parsePolicy(stored.value);
    if (result.ok) this.#policy = result.policy;
    else {
      const fields = result.problems.map(({ field, message }) => `${field} ${message}`).join('; ');
      this.#logger.error(`The stored security policy does not fit; the defaults apply: ${fields}`);
    }
    return this.#policy;
  }

  /**
   * Checks and stores a whole document. With a bad field nothing changes. When the disk fails the policy holds until
   * FLM ends, and the log says so: protection asked for is worth more than its record.
   */
  async set(raw: unknown): Promise<PolicyResult> {
    const result = parsePolicy(raw);
    if (!result.ok) return result;
    this.#policy = result.policy;
    await this.#store.put(documentName, result.policy).catch((error: unknown) => {
      this.#logger.error(`The security policy holds, but could not be stored: ${messageOf(error)}`);
    });
    return result;
  }
}
