import assert from 'node:assert/strict';
import type { ConfigEdit, EditRefusal, ToolModel, ToolSetup } from '../../../../src/editor/wiring/config-edit';

export function makeToolModel(model: Partial<ToolModel> = {}): ToolModel {
  return {
    id: 'ollama/llama3.2:3b',
    name: 'llama3.2:3b',
    callsTools: false,
    seesImages: false,
    maxInputTokens: 6144,
    maxOutputTokens: 2048,
    ...model,
  };
}

export function makeSetup(setup: Partial<ToolSetup> = {}): ToolSetup {
  return { endpoint: 'http://127.0.0.1:11435/v1', apiKey: 'flm-abc-secret', models: [makeToolModel()], ...setup };
}

/** The text after the edit; also proves that a second run changes nothing. */
export function edited(edit: ConfigEdit, text: string | undefined, setup = makeSetup()): string {
  const result = edit(text, setup);
  assert.ok(result.ok, JSON.stringify(result));
  assert.deepEqual(edit(result.text, setup), result, 'a second run changes something');
  return result.text;
}

export function refused(edit: ConfigEdit, text: string, setup = makeSetup()): EditRefusal {
  const result = edit(text, setup);
  assert.ok(!result.ok, JSON.stringify(result));
  return result;
}

/** Proves that every line of `before` is still there, in its order. */
export function assertKeeps(before: string, after: string): void {
  const lines = after.split('\n');
  let from = 0;
  for (const line of before.split('\n').filter((part) => part.trim() !== '')) {
    const at = lines.indexOf(line, from);
    assert.ok(at >= from, `lost or moved: ${line}\n${after}`);
    from = at + 1;
  }
}
