import type { PolicyField } from '../../src/protocol/panel-policy-strings';
import { policyGroups } from './policy-fields';

type Document = Readonly<Record<string, unknown>>;

export interface PolicyChange {
  readonly path: PolicyField;
  readonly from: unknown;
  readonly to: unknown;
}

/** The policy in force and what the reader is about to make of it. Values, not yet sent. */
export class PolicyDraft {
  #base: Document;
  #draft: Document;
  readonly #defaults: Document;

  constructor(base: unknown, defaults: unknown) {
    this.#base = base as Document;
    this.#draft = this.#base;
    this.#defaults = defaults as Document;
  }

  /** The document as it would be sent. */
  get document(): Document {
    return this.#draft;
  }

  get(path: PolicyField): unknown {
    return read(this.#draft, path);
  }

  getDefault(path: PolicyField): unknown {
    return read(this.#defaults, path);
  }

  /** Undefined takes the member out. */
  set(path: PolicyField, value: unknown): void {
    this.#draft = write(this.#draft, path.split('.'), value);
  }

  /** Takes a whole document, as typed in the JSON view. */
  replace(document: Document): void {
    this.#draft = document;
  }

  reset(): void {
    this.#draft = this.#defaults;
  }

  discard(): void {
    this.#draft = this.#base;
  }

  /** The draft is in force now, in the form the gateway gave it. */
  applied(policy: unknown): void {
    this.#base = policy as Document;
    this.#draft = this.#base;
  }

  changes(): readonly PolicyChange[] {
    return policyGroups
      .flatMap((group) => group.fields)
      .map(({ path }) => ({ path, from: read(this.#base, path), to: read(this.#draft, path) }))
      .filter(({ from, to }) => JSON.stringify(from) !== JSON.stringify(to));
  }
}

function read(document: Document, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), document);
}

function write(document: Document, [name = '', ...rest]: readonly string[], value: unknown): Document {
  const { [name]: old, ...others } = document;
  if (rest.length === 0) return value === undefined ? others : { ...document, [name]: value };
  return { ...document, [name]: write(isObject(old) ? old : {}, rest, value) };
}

function isObject(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
