import { refuse, type ConfigEdit, type ToolSetup } from './config-edit';
import { layoutOf, linesOf } from './text-lines';

type Assignments = (setup: ToolSetup) => readonly (readonly [name: string, value: string])[];

/**
 * A `.env` file for OpenAI's SDKs (Python and TypeScript read both names from the environment) and for what is built on
 * them.
 */
export const editEnvFile: ConfigEdit = envEdit((setup) => [
  ['OPENAI_BASE_URL', setup.endpoint],
  ['OPENAI_API_KEY', setup.apiKey],
]);

/** An assignment that is there already is replaced where it stands; the rest is untouched. */
function envEdit(assignments: Assignments): ConfigEdit {
  return (text, setup) => {
    const { eol, bom, body } = layoutOf(text ?? '');
    let lines = linesOf(body);
    for (const [name, value] of assignments(setup)) {
      const written = quoted(value);
      if (written === undefined || lines.some((line) => opensSeveralLines(line, name)))
        return refuse('not-editable', name);
      lines = assign(lines, name, written, eol);
    }
    return { ok: true, text: `${bom}${lines.join('')}` };
  };
}

/** A value as every reader of such files takes it; undefined for what they would take differently. */
function quoted(value: string): string | undefined {
  if (/^[\w.:/@+-]*$/.test(value)) return value;
  return /["'`$\\\r\n]/.test(value) ? undefined : `"${value}"`;
}

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
