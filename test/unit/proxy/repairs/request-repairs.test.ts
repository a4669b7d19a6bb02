import assert from 'node:assert/strict';
import { emptyTools } from '../../../../src/proxy/repairs/empty-tools';
import { imageUrls } from '../../../../src/proxy/repairs/image-urls';
import { jsonObjectFormat } from '../../../../src/proxy/repairs/json-object-format';
import { maxTokens } from '../../../../src/proxy/repairs/max-tokens';
import { nullEncoding } from '../../../../src/proxy/repairs/null-encoding';
import { promptList } from '../../../../src/proxy/repairs/prompt-list';
import { strayStreamOptions } from '../../../../src/proxy/repairs/stream-options';
import { tokenInput } from '../../../../src/proxy/repairs/token-input';
import { toolChoice } from '../../../../src/proxy/repairs/tool-choice';
import { unwantedTools } from '../../../../src/proxy/repairs/unwanted-tools';
import { assertRefused, changeOf, contextOf } from './support';

const tool = (name: string) => ({ type: 'function', function: { name } });
const tools = [tool('f'), tool('g')];

describe('max-tokens', () => {
  it('says max_completion_tokens also by its older name', () => {
    assert.deepEqual(changeOf(maxTokens, { max_completion_tokens: 5 }), { set: { max_tokens: 5 } });
    assert.deepEqual(changeOf(maxTokens, { max_completion_tokens: 5, max_tokens: null }), { set: { max_tokens: 5 } });
  });

  it('does not touch a max_tokens of the client', () => {
    assert.equal(changeOf(maxTokens, { max_completion_tokens: 5, max_tokens: 9 }), undefined);
    assert.equal(changeOf(maxTokens, { max_tokens: 9 }), undefined);
    assert.equal(changeOf(maxTokens, { max_completion_tokens: null }), undefined);
  });
});

describe('stream-options', () => {
  it('drops the options of a stream where nothing streams', () => {
    assert.deepEqual(changeOf(strayStreamOptions, { stream_options: { include_usage: true } }), {
      drop: ['stream_options'],
    });
    assert.deepEqual(changeOf(strayStreamOptions, { stream: false, stream_options: null }), {
      drop: ['stream_options'],
    });
  });

  it('keeps them for a stream', () => {
    assert.equal(changeOf(strayStreamOptions, { stream: true, stream_options: {} }), undefined);
  });
});

describe('null-encoding', () => {
  it('drops a form of vectors that is null', () => {
    assert.deepEqual(changeOf(nullEncoding, { encoding_format: null }), { drop: ['encoding_format'] });
  });

  it('keeps one that is said, and adds none', () => {
    assert.equal(changeOf(nullEncoding, { encoding_format: 'base64' }), undefined);
    assert.equal(changeOf(nullEncoding, {}), undefined);
  });
});

describe('empty-tools', () => {
  it('drops an empty list of tools, with a choice that means nothing without', () => {
    assert.deepEqual(changeOf(emptyTools, '{"tools":[ ]}'), { drop: ['tools'] });
    assert.deepEqual(changeOf(emptyTools, { tools: [], tool_choice: 'auto' }), { drop: ['tools', 'tool_choice'] });
  });

  it('leaves a choice that cannot be had to the engine', () => {
    assert.deepEqual(changeOf(emptyTools, { tools: [], tool_choice: 'required' }), { drop: ['tools'] });
  });

  it('keeps tools', () => {
    assert.equal(changeOf(emptyTools, { tools }), undefined);
    assert.equal(changeOf(emptyTools, { tools: null }), undefined);
  });
});

const studio = { kind: 'lmstudio' } as const;
const ollama = { kind: 'ollama' } as const;

describe('tool-choice', () => {
  it('puts a named tool as «required» with that tool alone', () => {
    assert.deepEqual(changeOf(toolChoice, { tools, tool_choice: tool('g') }, studio), {
      set: { tools: [tool('g')], tool_choice: 'required' },
    });
  });

  it('puts allowed tools as a mode with those tools', () => {
    const choice = { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [tool('f')] } };

    assert.deepEqual(changeOf(toolChoice, { tools, tool_choice: choice }, studio), {
      set: { tools: [tool('f')], tool_choice: 'auto' },
    });
  });

  it('leaves strings alone', () => {
    for (const choice of ['none', 'auto', 'required']) {
      assert.equal(changeOf(toolChoice, { tools, tool_choice: choice }, studio), undefined);
    }
  });

  for (const [what, body] of [
    ['a tool the request does not have', { tools, tool_choice: tool('h') }],
    ['no tools', { tool_choice: tool('f') }],
    ['a kind of choice that has no such form', { tools, tool_choice: { type: 'custom', custom: { name: 'f' } } }],
  ] as const) {
    it(`refuses ${what}`, () =>
      assertRefused(changeOf(toolChoice, body, studio), 'tool_choice', /'none', 'auto' or 'required'/));
  }

  describe('of Ollama, which reads none', () => {
    const warned = (choice: unknown): unknown =>
      toolChoice.warn?.(contextOf({ kind: 'ollama', body: { tools, tool_choice: choice } }))?.before?.();
    const allowed = (mode: string): object => ({ type: 'allowed_tools', allowed_tools: { mode, tools: [tool('f')] } });

    it('sends a named tool alone, and leaves the choice to versions that may read it', () => {
      assert.deepEqual(changeOf(toolChoice, { tools, tool_choice: tool('g') }, ollama), {
        set: { tools: [tool('g')] },
      });
      assert.deepEqual(changeOf(toolChoice, { tools, tool_choice: allowed('auto') }, ollama), {
        set: { tools: [tool('f')] },
      });
      assert.equal(changeOf(toolChoice, { tools: [tool('g')], tool_choice: tool('g') }, ollama), undefined);
    });

    it('warns that a call cannot be forced', () => {
      for (const choice of ['required', tool('g'), allowed('required')]) {
        assert.equal(warned(choice), 'tool-choice-not-forced');
      }
      for (const choice of ['auto', 'none', null, 5, allowed('auto'), { type: 'auto' }]) {
        assert.equal(warned(choice), undefined);
      }
    });

    it('refuses a tool the request does not have, as OpenAI does', () => {
      assertRefused(changeOf(toolChoice, { tools, tool_choice: tool('h') }, ollama), 'tool_choice', /name of one/);
    });

    it('leaves other forms alone', () => {
      assert.equal(changeOf(toolChoice, { tools, tool_choice: { type: 'auto' } }, ollama), undefined);
    });
  });

  it('warns of nothing where the choice is heeded', () => {
    assert.equal(toolChoice.warn?.(contextOf({ ...studio, body: { tools, tool_choice: 'required' } })), undefined);
  });
});

describe('unwanted-tools', () => {
  it('leaves the tools out where none may be called', () => {
    assert.deepEqual(changeOf(unwantedTools, { tools, tool_choice: 'none' }), { drop: ['tools', 'tool_choice'] });
  });

  it('keeps them otherwise', () => {
    for (const body of [{ tools }, { tools, tool_choice: 'auto' }, { tool_choice: 'none' }]) {
      assert.equal(changeOf(unwantedTools, body), undefined);
    }
  });
});

describe('json-object', () => {
  it('puts json_object as a schema of any object', () => {
    assert.deepEqual(changeOf(jsonObjectFormat, { response_format: { type: 'json_object' } }), {
      set: {
        response_format: { type: 'json_schema', json_schema: { name: 'json_object', schema: { type: 'object' } } },
      },
    });
  });

  it('leaves other formats alone', () => {
    assert.equal(changeOf(jsonObjectFormat, { response_format: { type: 'text' } }), undefined);
    assert.equal(changeOf(jsonObjectFormat, {}), undefined);
  });
});

describe('token-input', () => {
  for (const input of [[1, 2], [[1], [2]], [[]], [-1]]) {
    it(`refuses ${JSON.stringify(input)}`, () =>
      assertRefused(changeOf(tokenInput, { input }), 'input', /text, not token ids/));
  }

  it('passes text', () => {
    for (const input of ['1', ['1', '[2]'], [], null]) assert.equal(changeOf(tokenInput, { input }), undefined);
  });
});

describe('prompt-list', () => {
  it('takes one string out of its list', () => {
    assert.deepEqual(changeOf(promptList, { prompt: ['a'] }), { set: { prompt: 'a' } });
  });

  for (const prompt of [['a', 'b'], [], [1, 2], [[1]]]) {
    it(`refuses ${JSON.stringify(prompt)}`, () =>
      assertRefused(changeOf(promptList, { prompt }), 'prompt', /one prompt per request/));
  }

  it('passes a string', () => {
    assert.equal(changeOf(promptList, { prompt: '[a]' }), undefined);
  });
});

describe('image-urls', () => {
  const withImage = (image: unknown) => ({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'see' },
          { type: 'image_url', image_url: image },
        ],
      },
    ],
  });

  for (const image of [{ url: 'https://x.example/a.png' }, 'HTTP://x.example/a.png', { url: 'http://127.0.0.1/a' }]) {
    it(`refuses ${JSON.stringify(image)}`, () => {
      const body = JSON.stringify(withImage(image)).replace('HTTP:', 'http:');
      assertRefused(changeOf(imageUrls, body), 'messages', /data:image/);
    });
  }

  it('passes data, and text that mentions both', () => {
    const mention = { messages: [{ role: 'user', content: 'image_url "http://x"' }] };

    assert.equal(changeOf(imageUrls, withImage({ url: 'data:image/png;base64,AA==' })), undefined);
    assert.equal(changeOf(imageUrls, mention), undefined);
  });
});
