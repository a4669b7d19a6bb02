/**
 * Control characters, zero-width characters, line separators, marks that turn the direction of text, and halves of
 * surrogate pairs: what forges lines in an export, reorders what a person reads, or changes on its way through UTF-8
 * (which would break a row's hash).
 */
const unprintable =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const plain = /^[\x20-\x7e]*$/;

/**
 * Text written by a stranger, made safe to log, to store and to show: at most `maxLength` characters, everything
 * unprintable as a visible `\u` escape. Done twice it changes nothing. Costs a pass over `maxLength` characters however
 * long the text is.
 */
export function printable(text: string, maxLength: number): string {
  // Nearly all texts are short ASCII: one cheap pattern instead of the large one and a copy
  if (text.length <= maxLength && plain.test(text)) return text;
  const escaped = text
    .slice(0, maxLength + 1)
    .replace(unprintable, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (escaped.length <= maxLength) return escaped;
  const cut = escaped.slice(0, maxLength - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}
