/** Characters with which spreadsheets begin a formula (OWASP, "CSV Injection"). */
const formulaStart = /^[=+\-@\t\r]/;

/** One line of CSV by RFC 4180, with its line end. A text that a spreadsheet would run is made one it shows, by `'`. */
export function csvLine(values: readonly unknown[]): string {
  return `${values.map(csvField).join(',')}\r\n`;
}

function csvField(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : Array.isArray(value) ? value.join(' ') : JSON.stringify(value);
  const safe = formulaStart.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) || safe !== text ? `"${safe.replaceAll('"', '""')}"` : safe;
}
