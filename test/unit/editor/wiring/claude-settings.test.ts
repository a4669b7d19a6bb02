import assert from 'node:assert/strict';
import { editClaudeSettings } from '../../../../src/editor/wiring/claude-settings';
import { assertKeeps, edited, makeSetup, makeToolModel, refused } from './tool-setup';

function modelIn(text: string): string | undefined {
  return (JSON.parse(text) as { env: Record<string, string> }).env.ANTHROPIC_MODEL;
}

describe('the settings of Claude Code', () => {
  it('name the gateway without /v1, the key, and a model for every class of models', () => {
    assert.deepEqual(JSON.parse(edited(editClaudeSettings, undefined)), {
      env: {
        ANTHROPIC_BASE_URL: 'http://127.0.0.1:11435',
        ANTHROPIC_AUTH_TOKEN: 'flm-abc-secret',
        ANTHROPIC_MODEL: 'ollama/llama3.2:3b',
        ANTHROPIC_DEFAULT_OPUS_MODEL: 'ollama/llama3.2:3b',
        ANTHROPIC_DEFAULT_SONNET_MODEL: 'ollama/llama3.2:3b',
        ANTHROPIC_DEFAULT_HAIKU_MODEL: 'ollama/llama3.2:3b',
      },
    });
  });

  it('name a model that calls tools, and of those the one with the most room', () => {
    const models = [
      makeToolModel({ id: 'a/huge', maxInputTokens: 900_000 }),
      makeToolModel({ id: 'a/small', callsTools: true, maxInputTokens: 8_000 }),
      makeToolModel({ id: 'a/My Large', callsTools: true, maxInputTokens: 64_000 }),
    ];

    assert.equal(modelIn(edited(editClaudeSettings, '', makeSetup({ models }))), 'a/My Large');
  });

  it('keep what else is set, and replace what is FLM’s where it stands', () => {
    const before = `{
  "permissions": { "allow": ["Bash(ls:*)"] },
  "env": {
    "ANTHROPIC_MODEL": "opus",
    "MY_OWN": "1"
  },
  "model": "opus"
}
`;

    const after = edited(editClaudeSettings, before);

    assertKeeps(
      before.replace('"MY_OWN": "1"', '"MY_OWN": "1",').replace('"opus",\n    "MY', '"ollama/llama3.2:3b",\n    "MY'),
      after,
    );
    assert.equal(modelIn(after), 'ollama/llama3.2:3b');
  });

  it('keep Windows line ends, tabs and a byte order mark', () => {
    const after = edited(editClaudeSettings, '\uFEFF{\r\n\t"model": "opus"\r\n}\r\n');

    assert.match(after, /^\uFEFF\{\r\n\t"model": "opus",\r\n\t"env": \{\r\n\t\t"ANTHROPIC_BASE_URL"/);
    assert.equal(after.replaceAll('\r\n', '').includes('\n'), false);
  });

  for (const [text, problem] of [
    ['{"env": {', 'unparsable'],
    ['[]', 'unexpected'],
    ['{"env": ["A=1"]}', 'unexpected'],
  ] as const) {
    it(`are left alone where they read ${text}`, () => {
      assert.equal(refused(editClaudeSettings, text).problem, problem);
    });
  }
});
