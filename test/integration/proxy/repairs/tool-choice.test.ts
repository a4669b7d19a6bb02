import assert from 'node:assert/strict';
import { before, stopAll } from '../dialects/dialect-support';

const parameters = { type: 'object', properties: {} };
const messages = [{ role: 'user', content: 'Hi' }];
const chatTool = (name: string): object => ({ type: 'function', function: { name, parameters } });
const messageTool = (name: string): object => ({ name, input_schema: parameters });
const responseTool = (name: string): object => ({ type: 'function', name, parameters, strict: false });

/** How each API names one tool, any tool, and none. */
const apis = [
  {
    path: '/v1/chat/completions',
    request: { messages, tools: [chatTool('f'), chatTool('g')] },
    named: { type: 'function', function: { name: 'g' } },
    any: 'required',
    none: 'none',
  },
  {
    path: '/v1/messages',
    request: { max_tokens: 9, messages, tools: [messageTool('f'), messageTool('g')] },
    named: { type: 'tool', name: 'g' },
    any: { type: 'any' },
    none: { type: 'none' },
  },
  {
    path: '/v1/responses',
    request: { input: 'Hi', tools: [responseTool('f'), responseTool('g')] },
    named: { type: 'function', name: 'g' },
    any: 'required',
    none: 'none',
  },
] as const;

describe('A choice of tools before Ollama, which reads none', () => {
  afterEach(stopAll);

  for (const { path, request, named, any, none } of apis) {
    for (const stream of [false, true]) {
      const told = async (choice: unknown) => {
        const { post, model, engine } = await before('ollama', 'native');
        const answer = await post(path, { ...request, model, stream, tool_choice: choice });
        await answer.text();
        const { tools = [] } = engine.requests.at(-1)?.json as { tools?: { function: { name: string } }[] };
        const { headers, status } = answer;
        return {
          status,
          tools: tools.map((tool) => tool.function.name),
          warning: headers.get('x-flm-warning'),
          repairs: headers.get('x-flm-repair') ?? '',
        };
      };
      const how = `${path}, ${stream ? 'streamed' : 'whole'}`;

      it(`leaves the model one tool where one is named, and says that nothing makes it call: ${how}`, async () => {
        const { status, tools, warning, repairs } = await told(named);

        assert.deepEqual([status, tools, warning], [200, ['g'], 'tool-choice-not-forced']);
        assert.match(repairs, /\btool-choice\b/);
      });

      it(`says that nothing makes it call where any tool is demanded: ${how}`, async () => {
        const { tools, warning } = await told(any);

        assert.deepEqual([tools, warning], [['f', 'g'], 'tool-choice-not-forced']);
      });

      it(`leaves it no tool where none may be called: ${how}`, async () => {
        const { tools, warning } = await told(none);

        assert.deepEqual([tools, warning], [[], null]);
      });
    }
  }
});
