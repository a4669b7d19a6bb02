import { refuse, type ConfigEdit } from './config-edit';
import { layoutOf, linesOf } from './text-lines';

/**
 * A `.env` file for OpenAI's SDKs (Python and TypeScript read both names from the environment) and for what is built on
 * them. An assignment that is there already is replaced where it stands; the rest is untouched.
 */
export const editEnvFile: ConfigEdit = (text, setup) => {
  const { eol, bom, body } = layoutOf(text ?? '');
  const values: readonly (readonly [string, string])[] = [
    ['OPENAI_BASE_URL', setup.endpoint],
    ['OPENAI_API_KEY', setup.apiKey],
  ];
  let lines = linesOf(body);
  for (const [name, value] of values) {
    if (lines.some((line) => opensSeveralLines(line, name))) return refuse('not-editable', name);
    lines = assign(lines, name, value, eol);
  }
  return { ok: true, text: `${bom}${lines.join('')}` };
};

/** A quoted value that goes on in the next line. */
function opensSeveralLines(line: string, name: string): boolean {
  const value = new RegExp(`^\\s*(?:export\\s+)?${name}\\s*=\\s*(.*?)\\s*$`).exec(line)?.[1] ?? '';
  const [quote = ''] = value;
  return /["'`]/.test(quote) && !value.slice(1).includes(quote);
}

/** The last assignment is the one that counts in every reader; earlier ones of the same name go. */
function assign(lines: readonly string[], name: string, value: string, eol: string): string[] {
  const assignment = new RegExp(`^(\\s*(?:export\\s+)?)${name}\\s*=`);
  const places = lines.flatMap((line, index) => (assignment.test(line) ? [index] : []));
  const last = places.at(-1);
  // Keys and URLs hold no character that a reader of such files would take for syntax.
  if (last === undefined) return [...endedLines(lines, eol), `${name}=${value}${eol}`];
  return lines.flatMap((line, index) => {
    if (!places.includes(index)) return [line];
    if (index !== last) return [];
    const end = /\r?\n$/.exec(line)?.[0] ?? '';
    return [`${assignment.exec(line)?.[1] ?? ''}${name}=${value}${end}`];
  });
}

function endedLines(lines: readonly string[], eol: string): string[] {
  const last = lines.at(-1);
  return last === undefined || last.endsWith('\n') ? [...lines] : [...lines.slice(0, -1), `${last}${eol}`];
}
