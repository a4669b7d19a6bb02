const maxLength = 2_000;

/**
 * Controls, line separators, zero-width and direction marks, lone surrogates: what can hide text, reorder it or make
 * two names look alike (CVE-2021-42574).
 */
const hidden =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * A stranger's text as it can be read: hidden characters are written as `⟨U+202E⟩`, and it is cut to `max` characters.
 * The result still has to be put on the page as text, never as markup.
 */
export function visibleText(text: string, max: number = maxLength): string {
  const cut = text.length > max ? `${text.slice(0, max)}…` : text;
  return cut.replace(hidden, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return `⟨U+${code}⟩`;
  });
}
