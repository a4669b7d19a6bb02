import assert from 'node:assert/strict';
import { chatRequestBody, type ChatRequest } from '../../../../src/editor/language-models/chat-request';

function bodyOf(request: Partial<ChatRequest>): Record<string, unknown> {
  const whole: ChatRequest = {
    model: 'ollama/llama3.2:3b',
    messages: [{ role: 'user', parts: [{ kind: 'text', text: 'Hello' }] }],
    tools: [],
    mustCallTool: false,
    modelOptions: {},
    ...request,
  };
  return JSON.parse(chatRequestBody(whole)) as Record<string, unknown>;
}

describe('the request of a chat', () => {
  it('asks for a stream with usage from the model by its canonical id', () => {
    assert.deepEqual(bodyOf({}), {
      model: 'ollama/llama3.2:3b',
      messages: [{ role: 'user', content: 'Hello' }],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('passes the options of the model on, but not over what FLM decides', () => {
    const body = bodyOf({
      modelOptions: { temperature: 0.2, max_tokens: 10, model: 'other', stream: false, messages: [], tools: [1], n: 4 },
    });

    assert.equal(body.temperature, 0.2);
    assert.equal(body.max_tokens, 10);
    assert.equal(body.model, 'ollama/llama3.2:3b');
    assert.equal(body.stream, true);
    assert.equal((body.messages as unknown[]).length, 1);
    assert.ok(!('tools' in body) && !('n' in body));
  });

  it('offers tools and lets the model choose', () => {
    const inputSchema = { type: 'object', properties: { path: { type: 'string' } } };
    const body = bodyOf({ tools: [{ name: 'read', description: 'Reads a file', inputSchema }] });

    assert.deepEqual(body.tools, [
      { type: 'function', function: { name: 'read', description: 'Reads a file', parameters: inputSchema } },
    ]);
    assert.equal(body.tool_choice, 'auto');
  });

  it('requires a call when VS Code does', () => {
    const body = bodyOf({ tools: [{ name: 'now', description: 'Time' }], mustCallTool: true });

    assert.equal(body.tool_choice, 'required');
    assert.deepEqual((body.tools as { function: { parameters: unknown } }[])[0]!.function.parameters, {
      type: 'object',
      properties: {},
    });
  });
});
