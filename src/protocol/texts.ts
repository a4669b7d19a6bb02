/** One text for each of these names. */
export type Texts<K extends string> = Readonly<Record<K, string>>;
