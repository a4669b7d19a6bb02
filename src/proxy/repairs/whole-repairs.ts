import { Fault, type WholeRepair } from './repair';
import { parseJsonObject, type JsonObject } from './json-object';

/** Vectors are large: a batch of 1,000 with 1,024 numbers is about 12 MB of JSON. */
const embeddingsLimit = 48 * 1024 * 1024;
const answerLimit = 4 * 1024 * 1024;

export interface RepairedWhole {
  /** The same bytes when nothing changed. */
  readonly body: Buffer;
  /** The same parsed, where that was done anyway. */
  readonly answer?: JsonObject;
  readonly applied: readonly string[];
  readonly fault?: Fault;
}

interface NamedStep {
  readonly name: string;
  readonly step: WholeRepair;
}

/** Repairs of one whole answer. */
export class WholeRepairs {
  /** A longer answer passes as it is, piece by piece. */
  readonly limitBytes: number;
  /** Passing a longer answer unrepaired would give the client wrong numbers: it is refused instead. */
  readonly isVital: boolean;
  readonly #steps: readonly NamedStep[];
  readonly #isTranslated: boolean;

  /** @param isTranslated the answer will be told in another API's words: it is always needed as a whole */
  constructor(steps: readonly NamedStep[], isEmbeddings: boolean, isTranslated = false) {
    this.#steps = steps;
    this.#isTranslated = isTranslated;
    this.limitBytes = isEmbeddings ? embeddingsLimit : answerLimit;
    this.isVital = isTranslated || (isEmbeddings && steps.length > 0);
  }

  /** Whether an answer that begins like this may need one of the repairs. */
  concerns(beginning: Buffer): boolean {
    if (this.#isTranslated) return true;
    const text = beginning.toString('latin1', 0, 4096);
    return this.#steps.some(({ step }) => step.concerns?.(text) ?? true);
  }

  apply(body: Buffer): RepairedWhole {
    const parsed = this.concerns(body) ? parseJsonObject(body.toString('utf8')) : undefined;
    if (parsed === undefined) return { body, applied: [] };
    let answer = parsed;
    const applied: string[] = [];
    for (const { name, step } of this.#steps) {
      const next = step.apply(answer);
      if (next instanceof Fault) return { body, applied: [...applied, name], fault: next };
      if (next !== answer) applied.push(name);
      answer = next;
    }
    if (this.#isTranslated) return { body, answer, applied };
    return applied.length === 0 ? { body, applied } : { body: Buffer.from(JSON.stringify(answer)), applied };
  }
}
