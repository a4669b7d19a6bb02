import { exposureScopes, type ExposureDemand } from '../../core/exposure';
import { messageOf } from '../../core/errors';
import type { Logger } from '../../core/logger';
import { closed, type TimedDemand } from './exposure-wish';

/** Where small documents are stored: `StoredDocuments` of the storage. */
export interface DocumentStore {
  get(name: string): { readonly value: unknown } | undefined;
  put(name: string, value: unknown): Promise<void>;
}

/** What outlives the gateway. */
export interface ExposureMemory {
  /** What a person agreed to for the settings. */
  readonly confirmed: ExposureDemand;
  /** The settings as last seen: whoever changed them meanwhile, narrower ones take the confirmation along. */
  readonly setting?: ExposureDemand;
  readonly timed?: TimedDemand;
}

const documentName = 'exposure';
const maxEntries = 256;

/** Reads and writes the one document of exposure. What does not fit counts as nothing confirmed. */
export class StoredExposure {
  readonly #store: DocumentStore;
  readonly #logger: Logger;

  constructor(store: DocumentStore, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  load(): ExposureMemory {
    const value = asObject(this.#store.get(documentName)?.value);
    const setting = readDemand(value?.['setting']);
    const timed = asObject(value?.['timed']);
    const demand = readDemand(timed?.['demand']);
    const until = timed?.['until'];
    return {
      confirmed: readDemand(value?.['confirmed']) ?? closed,
      ...(setting === undefined ? {} : { setting }),
      ...(demand === undefined || typeof until !== 'number' ? {} : { timed: { demand, until } }),
    };
  }

  /** Resolves once it is on the disk, or the log says why not. Never rejects. */
  async save(memory: ExposureMemory): Promise<void> {
    await this.#store.put(documentName, memory).catch((error: unknown) => {
      this.#logger.error(`What was confirmed holds until FLM ends, but could not be stored: ${messageOf(error)}`);
    });
  }
}

function readDemand(value: unknown): ExposureDemand | undefined {
  const given = asObject(value);
  const scope = exposureScopes.find((one) => one === given?.['scope']);
  const addresses = given?.['addresses'];
  if (scope === undefined) return undefined;
  if (!Array.isArray(addresses)) return { scope };
  return { scope, addresses: addresses.filter((one) => typeof one === 'string').slice(0, maxEntries) };
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}
