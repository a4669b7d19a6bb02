/**
 * Makes attacker-made text safe to log and to show: control characters, line and direction marks are written as
 * escapes, and it is cut to `max` characters (log injection).
 */
export function escapeEvidence(text: string, max = 200): string {
  const escaped = text
    .slice(0, max)
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\\]/g, (char) =>
      char === '\\' ? '\\\\' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  return escaped.length > max ? `${escaped.slice(0, max - 1)}…` : escaped;
}
