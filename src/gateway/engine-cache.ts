import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../core/engine';
import { messageOf } from '../core/errors';
import type { Logger } from '../core/logger';
import { writeFileAtomic } from './atomic-file';

const fileName = 'engines.cache.json';
/** Raised when {@link Engine} changes so that old files would mislead. */
const format = 1;
const maxBytes = 16 * 1024 * 1024;

/** The engines as last seen, for the first moment of the next start. A file that is missing or bad is an empty cache. */
export class EngineCache {
  readonly #path: string;
  readonly #logger: Logger;
  #saved = '';

  constructor(dataDir: string, logger: Logger) {
    this.#path = join(dataDir, fileName);
    this.#logger = logger;
  }

  /** Never rejects. */
  async load(): Promise<readonly Engine[]> {
    try {
      const text = await readFile(this.#path, 'utf8');
      if (text.length > maxBytes) return [];
      const value = JSON.parse(text) as { format?: unknown; engines?: unknown } | null;
      if (value?.format !== format || !Array.isArray(value.engines)) return [];
      return value.engines.filter(looksLikeEngine);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') this.#logger.warn(`The cache of engines could not be read: ${messageOf(error)}`);
      return [];
    }
  }

  /** Writes if anything changed. Never rejects. */
  async save(engines: readonly Engine[]): Promise<void> {
    const text = JSON.stringify({ format, engines });
    if (text === this.#saved || text.length > maxBytes) return;
    this.#saved = text;
    await writeFileAtomic(this.#path, text).catch((error: unknown) => {
      this.#logger.warn(`The cache of engines could not be written: ${messageOf(error)}`);
    });
  }
}

function looksLikeEngine(value: unknown): value is Engine {
  if (typeof value !== 'object' || value === null) return false;
  const engine = value as Partial<Record<keyof Engine, unknown>>;
  const texts = [engine.id, engine.kind, engine.name, engine.baseUrl, engine.source, engine.state];
  const hasReason = typeof engine.reason === 'object' && engine.reason !== null;
  return texts.every((text) => typeof text === 'string') && Array.isArray(engine.models) && hasReason;
}
