import assert from 'node:assert/strict';
import { join } from 'node:path';
import { editContinueJson } from '../../../../src/editor/wiring/continue-json';
import { editContinueYaml } from '../../../../src/editor/wiring/continue-yaml';
import { toolModels } from '../../../../src/editor/wiring/tool-models';
import { claudeSettingsFile, codexProfileFile, continueFile, opencodeFile } from '../../../../src/editor/wiring/tools';
import { makeEngine, makeModel } from '../editor-facts';

const home = join('/home', 'me');

function find(existing: readonly string[], environment: Record<string, string> = {}) {
  return continueFile({ home, environment, exists: (path) => Promise.resolve(existing.includes(path)) });
}

describe("Continue's file", () => {
  it('is config.yaml, also where there is none yet', async () => {
    const yaml = join(home, '.continue', 'config.yaml');

    assert.deepEqual(await find([]), { path: yaml, edit: editContinueYaml });
    assert.deepEqual(await find([yaml, join(home, '.continue', 'config.json')]), {
      path: yaml,
      edit: editContinueYaml,
    });
  });

  it('is config.json where only that is there', async () => {
    const json = join(home, '.continue', 'config.json');

    assert.deepEqual(await find([json]), { path: json, edit: editContinueJson });
  });

  it('is where CONTINUE_GLOBAL_DIR says', async () => {
    assert.equal((await find([], { CONTINUE_GLOBAL_DIR: join('/data', 'c') })).path, join('/data', 'c', 'config.yaml'));
  });
});

describe('The files of agents', () => {
  it('are the project’s for Claude Code, the user’s where there is no project', () => {
    const at = { home, environment: {} };

    assert.equal(claudeSettingsFile('/p', at).path, join('/p', '.claude', 'settings.local.json'));
    assert.equal(claudeSettingsFile(undefined, at).path, join(home, '.claude', 'settings.json'));
    const moved = { home, environment: { CLAUDE_CONFIG_DIR: '/c' } };
    assert.equal(claudeSettingsFile(undefined, moved).path, join('/c', 'settings.json'));
  });

  it('are a profile of its own for Codex', () => {
    assert.equal(codexProfileFile({ home, environment: {} }).path, join(home, '.codex', 'flm.config.toml'));
    assert.equal(codexProfileFile({ home, environment: { CODEX_HOME: '/c' } }).path, join('/c', 'flm.config.toml'));
  });

  it('are opencode.json, or opencode.jsonc where only that is there', async () => {
    const folder = join(home, '.config', 'opencode');
    const find = async (...existing: string[]) =>
      (await opencodeFile({ home, environment: {}, exists: (path) => Promise.resolve(existing.includes(path)) })).path;

    assert.equal(await find(), join(folder, 'opencode.json'));
    assert.equal(await find(join(folder, 'opencode.jsonc')), join(folder, 'opencode.jsonc'));
    assert.equal(
      await find(join(folder, 'opencode.json'), join(folder, 'opencode.jsonc')),
      join(folder, 'opencode.json'),
    );
  });
});

describe('models for other tools', () => {
  it('are the published chat models, told apart where two engines have the same', () => {
    const engines = [
      makeEngine({
        models: [makeModel(), makeModel({ id: 'only', capabilities: ['chat', 'tools'], contextLoaded: 4096 })],
      }),
      makeEngine({ id: 'ollama-2', models: [makeModel(), makeModel({ id: 'e', capabilities: ['embeddings'] })] }),
      makeEngine({ id: 'hidden', models: [makeModel()] }),
    ];

    assert.deepEqual(
      toolModels(engines, ['hidden']).map(({ id, name, callsTools }) => [id, name, callsTools]),
      [
        ['ollama/llama3.2:3b', 'ollama/llama3.2:3b', false],
        ['ollama/only', 'only', true],
        ['ollama-2/llama3.2:3b', 'ollama-2/llama3.2:3b', false],
      ],
    );
  });
});
