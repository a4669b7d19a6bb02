/** Characters that count. */
const longest = 512;

/**
 * FNV-1a, 32 bits, over the first 512 characters. For what strangers send and we only want to know again: ten thousand
 * addresses must fit into a few megabytes, and the worst of a collision is that one piece of news is taken for old.
 */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  const length = Math.min(text.length, longest);
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
}
