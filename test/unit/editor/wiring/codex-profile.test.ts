import assert from 'node:assert/strict';
import { editCodexProfile } from '../../../../src/editor/wiring/codex-profile';
import { edited, makeSetup, makeToolModel, refused } from './tool-setup';

describe("FLM's profile of Codex", () => {
  it('names the gateway, its key, and the model an agent can work with', () => {
    const models = [makeToolModel(), makeToolModel({ id: 'a/tools', callsTools: true })];

    const [mark, ...lines] = edited(editCodexProfile, undefined, makeSetup({ models })).split('\n');

    assert.match(mark ?? '', /^# .*codex --profile flm$/);
    assert.deepEqual(lines, [
      'model = "a/tools"',
      'model_provider = "flm"',
      'model_context_window = 8192',
      'web_search = "disabled"',
      '',
      '[model_providers.flm]',
      'name = "FLM"',
      'base_url = "http://127.0.0.1:11435/v1"',
      'wire_api = "responses"',
      'experimental_bearer_token = "flm-abc-secret"',
      '',
    ]);
  });

  it('is written anew as a whole', () => {
    const before = edited(editCodexProfile, undefined);
    const models = [makeToolModel({ id: 'a/new' })];

    const after = edited(editCodexProfile, before, makeSetup({ models }));

    assert.match(after, /^model = "a\/new"$/m);
    assert.doesNotMatch(after, /llama3\.2/);
  });

  it('writes names with quotes and backslashes as TOML reads them', () => {
    const models = [makeToolModel({ id: 'a/C:\\m\\"x".gguf' })];

    assert.match(edited(editCodexProfile, '', makeSetup({ models })), /^model = "a\/C:\\\\m\\\\\\"x\\"\.gguf"$/m);
  });

  it('is not put over a profile of somebody else', () => {
    assert.equal(refused(editCodexProfile, 'model = "gpt-5"\n').problem, 'unexpected');
  });
});
