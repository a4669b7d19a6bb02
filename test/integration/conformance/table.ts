import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { EngineKind } from '../../../src/core/engine';
import type { Cell } from './cell';
import type { Client } from './clients';
import { columns } from './columns';
import { knownFailure } from './known-failures';

/** Where the table lies. */
export const tablePath = resolve(__dirname, '../../../src/proxy/CONFORMANCE.md');

/** What the tests saw, by client, feature and kind. */
export type Seen = ReadonlyMap<string, Cell>;

export function keyOf(client: Client, feature: string, kind: EngineKind): string {
  return JSON.stringify([client.title, feature, kind]);
}

const head = `# What works with which engine

Written by \`node scripts/conformance.mjs\`, never by hand: every cell is one test of an official client, through FLM,
against a simulated engine of that kind (\`test/integration/conformance\`), and a test fails when this file says
something else than what the tests saw. What real engines do is measured by \`npm run test:engines\`.

- **native**: the engine's own answer serves
- **repaired**: the engine deviates from what the client needs; fails with the named [repairs](repairs/README.md) off
- **translated**: asked of the engine on another route, in other words ([dialects](dialects/README.md))
- **FLM**: answered without the engine
- **refused**: an error that says why
- **fails**: does not work, and why

Of a member that _reaches the engine_ only that is shown; what the engine makes of it is its own affair (Ollama, for one,
ignores \`n\`).
`;

/** The whole file, as prettier wants it. */
export async function tableText(clients: readonly Client[], seen: Seen): Promise<string> {
  const notes: string[] = [];
  const noted = (note: string): string => {
    if (!notes.includes(note)) notes.push(note);
    return `[${notes.indexOf(note) + 1}]`;
  };
  const said = (cell: Cell | undefined, kind: EngineKind, feature: string): string => {
    if (cell === undefined) return '';
    if (cell.result === 'repaired') return `repaired: ${cell.note}`;
    if (cell.result === 'refused') return `refused ${noted(cell.note)}`;
    const known = cell.result === 'fails' ? knownFailure(kind, feature) : undefined;
    return known === undefined ? cell.result : `fails ${noted(known.reason)}`;
  };
  const parts = clients.map((client) => {
    const versions = client.packages.map((name) => `\`${name}\` ${versionOf(name)}`).join(', ');
    const rows = client.rows.map(({ feature }) => {
      const cells = columns.map(({ kind }) => said(seen.get(keyOf(client, feature, kind)), kind, feature));
      return `| ${[feature, ...cells].join(' | ')} |`;
    });
    return [
      `## ${client.title}`,
      versions,
      [
        `| | ${columns.map(({ label }) => label).join(' | ')} |`,
        `| --- | ${columns.map(() => '---').join(' | ')} |`,
        ...rows,
      ].join('\n'),
    ].join('\n\n');
  });
  const list = notes.map((note, index) => `${index + 1}. ${note.replaceAll('*', '\\*')}`);
  const text = [head, ...parts, '## Why it is refused or fails', list.join('\n')].join('\n\n');
  return format(text, { ...(await resolveConfig(tablePath)), parser: 'markdown' });
}

function versionOf(name: string): string {
  const path = join(__dirname, '../../../node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
