import assert from 'node:assert/strict';
import { parse } from 'jsonc-parser';
import { editContinueJson } from '../../../../src/editor/wiring/continue-json';
import { editChatLanguageModels, hasCustomEndpoint } from '../../../../src/editor/wiring/vscode-custom-endpoint';
import { assertKeeps, edited, makeSetup, makeToolModel, refused } from './tool-setup';

const config = `{
  // my models
  "models": [
    {
      "title": "GPT-4o", /* paid */
      "provider": "openai",
      "model": "gpt-4o",
      "apiKey": "sk-1"
    },
    { "title": "Local", "provider": "ollama", "model": "C:\\\\models\\\\a.gguf" }
  ],
  "tabAutocompleteModel": { "title": "t", "provider": "ollama", "model": "qwen2.5-coder:1.5b" },
  "allowAnonymousTelemetry": false
}
`;

interface ContinueConfig {
  readonly models: readonly { readonly title: string; readonly [name: string]: unknown }[];
}

function titles(text: string): string[] {
  return (parse(text) as ContinueConfig).models.map(({ title }) => title);
}

describe("FLM's models in Continue's config.json", () => {
  it('follow the models that are there; comments and everything else stay', () => {
    const text = edited(editContinueJson, config);

    assert.deepEqual(titles(text), ['GPT-4o', 'Local', 'FLM: llama3.2:3b']);
    for (const kept of [
      '// my models',
      '/* paid */',
      '"tabAutocompleteModel": { "title": "t"',
      'C:\\\\models\\\\a.gguf',
    ]) {
      assert.ok(text.includes(kept), kept);
    }
    assert.deepEqual((parse(text) as ContinueConfig).models.at(-1), {
      title: 'FLM: llama3.2:3b',
      provider: 'openai',
      model: 'ollama/llama3.2:3b',
      apiBase: 'http://127.0.0.1:11435/v1',
      apiKey: 'flm-abc-secret',
      contextLength: 8192,
    });
  });

  it('are replaced by the next run', () => {
    const setup = makeSetup({ models: [makeToolModel({ name: 'b' }), makeToolModel({ name: 'c' })] });

    const text = edited(editContinueJson, edited(editContinueJson, config), setup);

    assert.deepEqual(titles(text), ['GPT-4o', 'Local', 'FLM: b', 'FLM: c']);
  });

  it('make the list where there is none', () => {
    assert.deepEqual(titles(edited(editContinueJson, '{ "allowAnonymousTelemetry": false }')), ['FLM: llama3.2:3b']);
    assert.deepEqual(titles(edited(editContinueJson, undefined)), ['FLM: llama3.2:3b']);
  });

  it('keep tabs and Windows line ends', () => {
    const text = edited(editContinueJson, config.replaceAll('  ', '\t').replaceAll('\n', '\r\n'));

    assert.equal(text.replaceAll('\r\n', '').includes('\n'), false);
    assert.match(text, /\r\n\t\t\t"title": "FLM: /);
  });

  it('are not written into a file that is no JSON, which is said with the line', () => {
    assert.deepEqual(refused(editContinueJson, '{\n  "models": [\n    {"title": }\n  ]\n}\n'), {
      ok: false,
      problem: 'unparsable',
      detail: 'ValueExpected, line 3',
    });
  });

  it('are not written where models is no list', () => {
    assert.equal(refused(editContinueJson, '{"models": {"a": 1}}').problem, 'unexpected');
    assert.ok(!editContinueJson('[]', makeSetup()).ok);
  });
});

const groups = `[
\t{
\t\t"name": "OpenRouter",
\t\t"vendor": "openrouter",
\t\t"apiKey": "\${input:chat.lm.secret.1a2b}"
\t},
\t// another server, also called FLM
\t{ "name": "FLM", "vendor": "customoai", "models": [] },
]
`;

interface Group {
  readonly name: string;
  readonly vendor: string;
  readonly apiType?: string;
  readonly models?: readonly Record<string, unknown>[];
}

describe("FLM's group in VS Code's chatLanguageModels.json", () => {
  it('is a custom endpoint with one entry per model', () => {
    const [group] = parse(
      edited(editChatLanguageModels, undefined, makeSetup({ models: [makeToolModel({ callsTools: true })] })),
    ) as Group[];

    assert.deepEqual(group, {
      name: 'FLM',
      vendor: 'customendpoint',
      apiKey: 'flm-abc-secret',
      apiType: 'chat-completions',
      models: [
        {
          id: 'ollama/llama3.2:3b',
          name: 'llama3.2:3b',
          url: 'http://127.0.0.1:11435/v1/chat/completions',
          toolCalling: true,
          vision: false,
          maxInputTokens: 6144,
          maxOutputTokens: 2048,
        },
      ],
    });
  });

  it('follows the groups that are there, also with a trailing comma', () => {
    const text = edited(editChatLanguageModels, groups);

    assert.deepEqual(
      (parse(text, [], { allowTrailingComma: true }) as Group[]).map(({ name, vendor }) => [name, vendor]),
      [
        ['OpenRouter', 'openrouter'],
        ['FLM', 'customoai'],
        ['FLM', 'customendpoint'],
      ],
    );
    assertKeeps(groups.split('\n').slice(0, 7).join('\n'), text);
  });

  it('is replaced by the next run', () => {
    const text = edited(
      editChatLanguageModels,
      edited(editChatLanguageModels, groups),
      makeSetup({ apiKey: 'flm-new' }),
    );

    assert.equal((parse(text) as Group[]).length, 3);
    assert.ok(text.includes('flm-new') && !text.includes('flm-abc-secret'));
  });

  it('is not written into something else', () => {
    assert.equal(refused(editChatLanguageModels, '{"a": 1}').problem, 'unexpected');
    assert.equal(refused(editChatLanguageModels, '[').problem, 'unparsable');
  });

  it('is understood from VS Code 1.122 on', () => {
    assert.deepEqual(['1.104.0', '1.121.3', '1.122.0', '1.139.0-insider', '2.0.0'].map(hasCustomEndpoint), [
      false,
      false,
      true,
      true,
      true,
    ]);
  });
});
