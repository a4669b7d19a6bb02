/** How a text is laid out, so that what is added looks the same. */
export interface TextLayout {
  readonly eol: '\n' | '\r\n';
  /** A byte order mark, which some Windows editors write, or nothing. */
  readonly bom: string;
  /** Without the byte order mark. */
  readonly body: string;
}

const byteOrderMark = '\uFEFF';

export function layoutOf(text: string): TextLayout {
  const bom = text.startsWith(byteOrderMark) ? byteOrderMark : '';
  const body = text.slice(bom.length);
  return { eol: body.includes('\r\n') ? '\r\n' : '\n', bom, body };
}

/** Lines with their own ends, so that joining them gives the text again. */
export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Spaces of the first indented line, 2 where none is. `\t` for tabs. */
export function indentOf(text: string): string {
  return /^([ ]+|\t)\S/m.exec(text)?.[1] ?? '  ';
}
