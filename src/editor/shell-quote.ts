/** One word for a POSIX shell, whatever is in it: nothing is special between single quotes (POSIX.1-2024 §2.2.2). */
export function posixQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * One word for PowerShell: between single quotes only those end the string, and PowerShell takes the typographic ones
 * (U+2018–201B) for them, too (about_Quoting_Rules). Each is doubled.
 */
export function powerShellQuote(text: string): string {
  return `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
}
