/**
 * Strings made by engines (names, versions, ids, redirect targets) are a stranger's. These functions make them fit to
 * be shown: as one line, without control or direction-changing characters, and never as markup, link or icon.
 */

const maxLength = 300;

/**
 * C0 and C1 controls, line separators, and the bidirectional controls that can make text read as something else
 * (CVE-2021-42574, "Trojan Source"), plus zero-width characters that make two names look alike.
 */
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g;

/** One printable line of at most 300 characters: for labels, descriptions and input boxes. */
export function plainText(text: string): string {
  const line = text.replace(unprintable, ' ').trim();
  const characters = Array.from(line.slice(0, maxLength * 2));
  return characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join('')}…` : line;
}

/**
 * For messages and quick picks: as {@link plainText}, and what VS Code reads as markup there is defused: `[a](command:b)`
 * is a link in a notification, `$(trash)` an icon in a quick pick.
 */
export function messageText(text: string): string {
  return plainText(text).replace(/\]\(/g, '] (').replace(/\$\(/g, '$ (');
}

/**
 * For MarkdownString: every ASCII punctuation character is escaped (CommonMark 0.31 §2.4 allows it for each), which
 * disarms links, images, HTML, table cells, code, autolinks (`http\:`, `www\.`) and icons alike.
 */
export function markdownText(text: string): string {
  return plainText(text).replace(/[!-/:-@[-`{-~]/g, '\\$&');
}

/** Arguments of a sentence, each through `clean`; numbers stay numbers. */
export function cleanArgs(
  args: readonly (string | number)[],
  clean: (text: string) => string,
): readonly (string | number)[] {
  return args.map((value) => (typeof value === 'string' ? clean(value) : value));
}
