/** A JSON object whose members are not known beforehand. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined for anything that is no JSON object. */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `object` without the named members; the same object when it has none of them. */
export function without(object: JsonObject, ...names: readonly string[]): JsonObject {
  if (!names.some((name) => Object.hasOwn(object, name))) return object;
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

/** Puts every item through `change`; the same array when no item changed. */
export function mapItems(
  items: readonly unknown[],
  change: (item: unknown, at: number) => unknown,
): readonly unknown[] {
  let changed: unknown[] | undefined;
  items.forEach((item, at) => {
    const next = change(item, at);
    if (next === item) return;
    changed ??= [...items];
    changed[at] = next;
  });
  return changed ?? items;
}

/** Puts the object under `name` through `change`; the same object when there is none, or it did not change. */
export function mapMember(object: JsonObject, name: string, change: (value: JsonObject) => JsonObject): JsonObject {
  const value = object[name];
  if (!isJsonObject(value)) return object;
  const next = change(value);
  return next === value ? object : { ...object, [name]: next };
}
