import assert from 'node:assert/strict';
import { parse } from 'jsonc-parser';
import { editOpencodeJson } from '../../../../src/editor/wiring/opencode-json';
import { assertKeeps, edited, makeSetup, makeToolModel, refused } from './tool-setup';

interface Config {
  readonly provider: { readonly flm: Record<string, unknown>; readonly other?: unknown };
}

describe("FLM's models in opencode's configuration", () => {
  it('are those of a provider of their own', () => {
    const models = [
      makeToolModel({ callsTools: true }),
      makeToolModel({ id: 'a/eyes', name: 'eyes', seesImages: true }),
    ];

    const { provider, ...rest } = JSON.parse(edited(editOpencodeJson, undefined, makeSetup({ models }))) as Config;

    assert.deepEqual(rest, { $schema: 'https://opencode.ai/config.json' });
    assert.deepEqual(provider.flm, {
      npm: '@ai-sdk/openai-compatible',
      name: 'FLM',
      options: { baseURL: 'http://127.0.0.1:11435/v1', apiKey: 'flm-abc-secret' },
      models: {
        'ollama/llama3.2:3b': {
          name: 'llama3.2:3b',
          tool_call: true,
          attachment: false,
          limit: { context: 8192, output: 2048 },
        },
        'a/eyes': {
          name: 'eyes',
          tool_call: false,
          attachment: true,
          modalities: { input: ['text', 'image'], output: ['text'] },
          limit: { context: 8192, output: 2048 },
        },
      },
    });
  });

  it('follow the models that are there; comments and other providers stay', () => {
    const before = `{
  // mine
  "provider": {
    "other": { "name": "Other" } // paid
  },
  "theme": "system"
}
`;
    const first = edited(editOpencodeJson, before);
    const models = [makeToolModel({ id: 'a/new' })];

    const second = edited(editOpencodeJson, first, makeSetup({ models }));

    assertKeeps('  // mine\n  "theme": "system"', second);
    assert.match(second, /\/\/ paid/);
    const { provider } = parse(second) as Config;
    assert.deepEqual(provider.other, { name: 'Other' });
    assert.deepEqual(Object.keys(provider.flm.models as object), ['a/new']);
  });

  it('are not put where the list of providers has another form', () => {
    assert.equal(refused(editOpencodeJson, '{"provider": []}').problem, 'unexpected');
  });
});
