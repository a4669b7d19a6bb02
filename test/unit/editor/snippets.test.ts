import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  curlSnippet,
  pythonSnippet,
  shellFlavor,
  taskOf,
  typeScriptSnippet,
  type SnippetTarget,
} from '../../../src/editor/snippets';
import { makeModel } from './editor-facts';

const endpoint = 'http://127.0.0.1:11435/v1';

function target(model: string, task: SnippetTarget['task'] = 'chat'): SnippetTarget {
  return { endpoint, model, task };
}

/** The argument between the outer quotes of the body, as the program receives it. */
const bodyOf = {
  posix: (snippet: string) => /-d '([^']*)'\n$/.exec(snippet)?.[1],
  powershell: (snippet: string) => /-Body '([^'\u2018-\u201b]*)'\n$/.exec(snippet)?.[1],
  cmd: (snippet: string) => /-d "((?:[^"\\%]|\\.)*)"\n$/.exec(snippet)?.[1]?.replace(/\\"/g, '"'),
};

describe('snippets', () => {
  for (const flavor of ['posix', 'powershell', 'cmd'] as const) {
    it(`for ${flavor} send the model's id whatever is in it`, () => {
      fc.assert(
        fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (model) => {
          const body = bodyOf[flavor](curlSnippet(target(model), flavor));

          assert.ok(body !== undefined);
          assert.equal((JSON.parse(body) as { model: string }).model, model);
        }),
      );
    });

    it(`for ${flavor} leave nothing in the body that the shell would expand`, () => {
      const hostile = 'a\'b"c$(d)`e`%PATH%&|<>^!\n’\\f';
      const body = bodyOf[flavor](curlSnippet(target(hostile), flavor))!;

      assert.doesNotMatch(body, /[$`%&|<>^!'\n\u2018-\u201b]/);
      assert.equal((JSON.parse(body) as { model: string }).model, hostile);
    });
  }

  it('read well for an ordinary model', () => {
    assert.equal(
      curlSnippet(target('ollama/llama3.2:3b'), 'posix'),
      `curl http://127.0.0.1:11435/v1/chat/completions \\
  -H 'Content-Type: application/json' \\
  -d '{"model":"ollama/llama3.2:3b","messages":[{"role":"user","content":"Hello"}]}'
`,
    );
  });

  it('call the embeddings route for a model that only embeds', () => {
    const embeds = target('ollama/nomic', taskOf(makeModel({ capabilities: ['embeddings'] })));

    assert.match(curlSnippet(embeds, 'posix'), /\/v1\/embeddings .*"input"/s);
    assert.match(pythonSnippet(embeds), /client\.embeddings\.create/);
    assert.match(typeScriptSnippet(embeds), /client\.embeddings\.create/);
  });

  it('quote the model in Python and TypeScript', () => {
    const model = 'a"b\\c\nd';

    for (const snippet of [pythonSnippet(target(model)), typeScriptSnippet(target(model))]) {
      assert.ok(snippet.includes('"a\\"b\\\\c\\nd"'));
    }
  });

  it('hold no API key', () => {
    assert.match(pythonSnippet(target('m')), /api_key="not-needed"/);
    assert.doesNotMatch(curlSnippet(target('m'), 'posix'), /Authorization/);
  });

  for (const [shell, platform, flavor] of [
    ['/bin/zsh', 'darwin', 'posix'],
    ['C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe', 'win32', 'powershell'],
    ['/usr/bin/pwsh', 'linux', 'powershell'],
    ['C:\\Windows\\System32\\cmd.exe', 'win32', 'cmd'],
    ['C:\\Program Files\\Git\\bin\\bash.exe', 'win32', 'posix'],
    ['', 'win32', 'powershell'],
    ['', 'linux', 'posix'],
  ] as const) {
    it(`follow ${flavor} rules in "${shell}" on ${platform}`, () => {
      assert.equal(shellFlavor(shell, platform), flavor);
    });
  }

  it('send a key where there is one, in the words of the shell', () => {
    const withKey = { ...target('m'), key: 'flm-abcdefghijkl-S3cret_-' };

    assert.match(curlSnippet(withKey, 'posix'), /\n {2}-H 'Authorization: Bearer flm-abcdefghijkl-S3cret_-' \\\n/);
    assert.match(
      curlSnippet(withKey, 'powershell'),
      /-Headers @\{ Authorization = 'Bearer flm-abcdefghijkl-S3cret_-' \}/,
    );
    assert.match(curlSnippet(withKey, 'cmd'), /-H "Authorization: Bearer flm-abcdefghijkl-S3cret_-"/);
    assert.doesNotMatch(curlSnippet(target('m'), 'posix'), /Authorization/);
  });
});
