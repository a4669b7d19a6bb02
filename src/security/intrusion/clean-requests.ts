import type { RequestFacts } from '../../core/request';
import { isKnownHeader, isSecretHeader } from './known-surface';

/** What {@link IntrusionDetector} looks at. */
export type InspectedFacts = Pick<RequestFacts, 'method' | 'target' | 'rawHeaders' | 'route'>;

/** Requests remembered; the oldest gives way. */
const maxRequests = 128;
/** Longest description of one: with the number, what bounds the memory to a quarter of a megabyte. */
const maxLength = 2048;

/** Header names as written by clients, with what to do about their values. */
const maxNames = 256;
const longestName = 64;

type HeaderKind = 'secret' | 'length' | 'known' | 'unknown';

/** In a secret only these are looked for (`findMarker`): one without them says nothing. */
const markerCharacter = /[%$<()./\r\n]/;
const length = /^\d{1,15}$/;

/**
 * Remembers which requests were found clean: a client sends the same request line and headers again and again, and the
 * detector's verdict depends on nothing else. Saves 3 of its 5 µs.
 *
 * Secrets are not kept: of headers that hold one only the name is, and requests with headers nobody knows are not
 * remembered. Neither are those in which a secret has anything to look into.
 */
export class CleanRequests {
  readonly #clean = new Set<string>();
  readonly #kinds = new Map<string, HeaderKind>();

  /** Everything the verdict depends on; undefined: not to be remembered. */
  describe({ method, target, route, rawHeaders }: InspectedFacts): string | undefined {
    let text = `${method} ${route === undefined ? '?' : '='}${target.length} ${target}`;
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
      const name = rawHeaders[i] as string;
      const value = rawHeaders[i + 1] as string;
      const kind = this.#kindOf(name);
      if (kind === 'unknown') return undefined;
      if (kind === 'known') text += `\n${name.length} ${value.length} ${name}${value}`;
      else {
        const isPlain =
          kind === 'length' ? length.test(value) : value.length < maxLength && !markerCharacter.test(value);
        if (!isPlain) return undefined;
        text += `\n${name.length} ${name}`;
      }
    }
    return text.length <= maxLength ? text : undefined;
  }

  has(description: string): boolean {
    return this.#clean.has(description);
  }

  add(description: string): void {
    if (this.#clean.size >= maxRequests) this.#clean.delete(this.#clean.values().next().value as string);
    this.#clean.add(description);
  }

  #kindOf(given: string): HeaderKind {
    const known = this.#kinds.get(given);
    if (known !== undefined) return known;
    const name = given.toLowerCase();
    const kind = isSecretHeader(name)
      ? 'secret'
      : name === 'content-length'
        ? 'length'
        : isKnownHeader(name)
          ? 'known'
          : 'unknown';
    if (this.#kinds.size < maxNames && given.length <= longestName) this.#kinds.set(given, kind);
    return kind;
  }
}
