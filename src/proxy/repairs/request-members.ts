import type { InferenceBody } from '../inference-body';
import type { JsonMember, Span } from '../json-scanner';
import type { JsonObject } from './json-object';
import type { RequestView } from './repair';

const beginningBytes = 64;

/** The members of a request body where they stand in its bytes; values are parsed when asked for, once. */
export class RequestMembers implements RequestView {
  readonly isStream: boolean;
  readonly #bytes: Buffer;
  readonly #members: readonly JsonMember[];
  readonly #values = new Map<string, unknown>();

  constructor({ bytes, members, isStream }: InferenceBody) {
    this.#bytes = bytes;
    this.#members = members;
    this.isStream = isStream;
  }

  has(name: string): boolean {
    return this.#span(name) !== undefined;
  }

  value(name: string): unknown {
    if (this.#values.has(name)) return this.#values.get(name);
    const span = this.#span(name);
    const value: unknown = span && JSON.parse(this.#bytes.toString('utf8', span.start, span.end));
    this.#values.set(name, value);
    return value;
  }

  beginning(name: string): string {
    const span = this.#span(name);
    return span === undefined
      ? ''
      : this.#bytes.toString('latin1', span.start, Math.min(span.end, span.start + beginningBytes));
  }

  includes(name: string, text: string): boolean {
    return this.occurrences(name, text, 1) > 0;
  }

  occurrences(name: string, text: string, most: number): number {
    const span = this.#span(name);
    return span === undefined ? 0 : occurrencesIn(this.#bytes.subarray(span.start, span.end), text, most);
  }

  byteLength(name: string): number {
    const span = this.#span(name);
    return span === undefined ? 0 : span.end - span.start;
  }

  /** The body with members set and left out; all others keep their bytes, so numbers of any length survive. */
  rewritten(set: JsonObject, dropped: ReadonlySet<string>): Buffer {
    const parts: Buffer[] = [];
    const written = new Set<string>();
    for (const { key, value } of this.#members) {
      const name = nameAt(this.#bytes, key);
      if (dropped.has(name) || written.has(name)) continue;
      if (!Object.hasOwn(set, name)) parts.push(this.#bytes.subarray(key.start, value.end));
      else {
        parts.push(memberOf(name, set[name]));
        written.add(name); // a member given twice is set once
      }
    }
    for (const [name, value] of Object.entries(set)) {
      if (!written.has(name) && !dropped.has(name)) parts.push(memberOf(name, value));
    }
    const comma = Buffer.from(',');
    const joined = parts.flatMap((part, at) => (at === 0 ? [part] : [comma, part]));
    return Buffer.concat([Buffer.from('{'), ...joined, Buffer.from('}')]);
  }

  /** Of a repeated member the last counts, as for JSON.parse, Python and Go. */
  #span(name: string): Span | undefined {
    for (let at = this.#members.length - 1; at >= 0; at--) {
      const { key, value } = this.#members[at] as JsonMember;
      if (isNamed(this.#bytes, key, name)) return value;
    }
    return undefined;
  }
}

/** A body with edits that are not written yet. */
export class EditedRequest implements RequestView {
  readonly #members: RequestMembers;
  /** Without a prototype, so that a member named `__proto__` is a member like any other. */
  readonly #set = Object.create(null) as Record<string, unknown>;
  readonly #dropped = new Set<string>();

  constructor(members: RequestMembers) {
    this.#members = members;
  }

  get isStream(): boolean {
    return this.#members.isStream;
  }

  set(values: JsonObject): void {
    for (const [name, value] of Object.entries(values)) {
      this.#dropped.delete(name);
      this.#set[name] = value;
    }
  }

  drop(names: readonly string[]): void {
    for (const name of names) this.#dropped.add(name);
  }

  has(name: string): boolean {
    return !this.#dropped.has(name) && (Object.hasOwn(this.#set, name) || this.#members.has(name));
  }

  value(name: string): unknown {
    if (this.#dropped.has(name)) return undefined;
    return Object.hasOwn(this.#set, name) ? this.#set[name] : this.#members.value(name);
  }

  beginning(name: string): string {
    return this.#isEdited(name) ? this.#text(name).slice(0, beginningBytes) : this.#members.beginning(name);
  }

  includes(name: string, text: string): boolean {
    return this.occurrences(name, text, 1) > 0;
  }

  occurrences(name: string, text: string, most: number): number {
    return this.#isEdited(name)
      ? occurrencesIn(this.#text(name), text, most)
      : this.#members.occurrences(name, text, most);
  }

  byteLength(name: string): number {
    return this.#isEdited(name) ? Buffer.byteLength(this.#text(name)) : this.#members.byteLength(name);
  }

  bytes(): Buffer {
    return this.#members.rewritten(this.#set, this.#dropped);
  }

  #isEdited(name: string): boolean {
    return this.#dropped.has(name) || Object.hasOwn(this.#set, name);
  }

  #text(name: string): string {
    return this.has(name) ? JSON.stringify(this.value(name)) : '';
  }
}

function occurrencesIn(value: Buffer | string, text: string, most: number): number {
  let times = 0;
  for (let at = value.indexOf(text); at !== -1 && times < most; at = value.indexOf(text, at + text.length)) times++;
  return times;
}

function memberOf(name: string, value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(name)}:${JSON.stringify(value)}`);
}

/** Compares bytes: most requests are asked for one or two names, and making all of theirs into texts took 3 µs. */
function isNamed(bytes: Buffer, key: Span, name: string): boolean {
  const length = key.end - key.start - 2;
  let at = 0;
  while (at < length && bytes[key.start + 1 + at] === name.charCodeAt(at)) at++;
  if (at === length) return at === name.length;
  for (; at < length; at++) if (bytes[key.start + 1 + at] === 0x5c) return nameAt(bytes, key) === name;
  return false; // the names asked for are ASCII
}

function nameAt(bytes: Buffer, { start, end }: Span): string {
  const isPlain = !bytes.subarray(start, end).includes(0x5c);
  return isPlain
    ? bytes.toString('utf8', start + 1, end - 1)
    : (JSON.parse(bytes.toString('utf8', start, end)) as string);
}
