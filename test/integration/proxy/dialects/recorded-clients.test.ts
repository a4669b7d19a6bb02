import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '../../../../src/proxy/repairs/json-object';
import type { CommonScript } from '../../../helpers/engines/script';
import { knownKinds, type KnownKind } from '../repairs/support';
import { before, stopAll, ways, type Way } from './dialect-support';

interface Recorded {
  readonly client: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

async function recorded(name: string): Promise<Recorded> {
  const file = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'clients', `${name}.json`);
  return JSON.parse(await readFile(file, 'utf8')) as Recorded;
}

async function replay(name: string, kind: KnownKind, way: Way, script: Partial<CommonScript>) {
  const { path, headers, body } = await recorded(name);
  const { url, model, engine } = await before(kind, way, script, { model: { contextMax: 131_072 } });
  const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify({ ...body, model }) });
  const text = await answer.text();
  const sent = engine.requests.findLast(({ method }) => method === 'POST')?.json as JsonObject;
  return { status: answer.status, text, sent };
}

function dataOf(text: string): readonly JsonObject[] {
  return text
    .split('\n')
    .flatMap((line) => (line.startsWith('data: ') ? [JSON.parse(line.slice(6)) as JsonObject] : []));
}

function rolesOf({ messages }: JsonObject): readonly unknown[] {
  return (messages as readonly JsonObject[]).map(({ role }) => role);
}

describe('A recorded request', () => {
  afterEach(stopAll);

  for (const kind of knownKinds) {
    for (const way of ways) {
      const where = `${kind}, ${way === 'native' ? 'a version that may speak it' : 'of no known version'}`;

      it(`of Claude Code, with what the system says between turns, is answered by ${where}`, async () => {
        const { status, text, sent } = await replay('claude-code', kind, way, { reply: { text: 'Done.' } });

        assert.equal(status, 200, text);
        assert.match(text, /"text_delta","text":"Done\."/);
        assert.match(text, /event: message_stop/);
        assert.deepEqual(rolesOf(sent), ['system', 'user', 'assistant', 'tool']);
      });

      it(`of Claude Code for a count is answered by ${where}`, async () => {
        const { path, headers, body } = await recorded('claude-code');
        const { url, model } = await before(kind, way);
        const { messages, system, tools } = body;
        const count = path.replace('messages', 'messages/count_tokens');

        const answer = await fetch(url + count, {
          method: 'POST',
          headers,
          body: JSON.stringify({ model, messages, system, tools }),
        });

        assert.equal(answer.status, 200);
        assert.ok(((await answer.json()) as { input_tokens: number }).input_tokens > 10);
      });

      it(`of Codex, with tools in namespaces and a search, is answered by ${where}`, async () => {
        const toolCalls = [{ name: 'multi_agent_v1__close_agent', arguments: { target: 'a1' } }];

        const { status, text, sent } = await replay('codex', kind, way, { reply: { toolCalls } });

        assert.equal(status, 200, text);
        const items = dataOf(text).flatMap(({ type, item }) =>
          type === 'response.output_item.done' ? [item as JsonObject] : [],
        );
        const made = items.map(({ type, namespace, name }) => ({ type, namespace, name }));
        assert.deepEqual(made, [{ type: 'function_call', namespace: 'multi_agent_v1', name: 'close_agent' }]);
        const tools = sent.tools as readonly { function: { name: string } }[];
        assert.deepEqual(
          tools.map((tool) => tool.function.name),
          ['exec_command', 'multi_agent_v1__close_agent'],
        );
        assert.deepEqual(rolesOf(sent), ['system', 'user', 'user', 'assistant', 'tool']);
      });
    }
  }
});
