import assert from 'node:assert/strict';
import { withoutInternals } from '../../../src/proxy/engine-words';

describe('what an engine says of its own failure', () => {
  const cases: readonly (readonly [what: string, said: string, told: string])[] = [
    ['plain words stay', 'CUDA error: out of memory', 'CUDA error: out of memory'],
    ['the address of Ollama’s runner goes', 'Post "http://127.0.0.1:41234/completion": EOF', 'Post "(address)": EOF'],
    [
      'an address without a scheme goes',
      'dial tcp 127.0.0.1:41234: connect: connection refused',
      'dial tcp (address): connect: connection refused',
    ],
    ['an IPv6 address goes', 'dial tcp [::1]:41234: refused', 'dial tcp (address): refused'],
    ['a host without dots goes', 'no answer from http://gpu-box:8000/v1/models', 'no answer from (address)'],
    [
      'a page on the web stays',
      'see https://docs.vllm.ai/en/latest/x.html',
      'see https://docs.vllm.ai/en/latest/x.html',
    ],
    [
      'a path goes',
      'open /usr/share/ollama/.ollama/models/blobs/sha256-0a1b: no such file or directory',
      'open (file): no such file or directory',
    ],
    ['a path with a slash too many goes', 'open //usr/share/x/y: denied', 'open (file): denied'],
    ['a path after a colon goes', 'open:/usr/share/x/y, file:///usr/share/x/y', 'open:(file), (file)'],
    ['a path of Windows goes', 'cannot open C:\\Users\\me\\models\\a.gguf', 'cannot open (file)'],
    ['a fraction and a date stay', 'used 3/4 of 2026/08/01', 'used 3/4 of 2026/08/01'],
    ['a model’s name stays', 'model Qwen/Qwen3-8B has died', 'model Qwen/Qwen3-8B has died'],
    [
      'a stack of Node goes',
      'TypeError: x is not a function\n    at run (/srv/app/index.js:1:2)\n    at main (/srv/app/index.js:3:4)',
      'TypeError: x is not a function',
    ],
    [
      'of a stack of Python its last line stays',
      'Traceback (most recent call last):\n  File "/srv/server.py", line 10, in run\nRuntimeError: engine died at /srv/a/b.py',
      'RuntimeError: engine died at (file)',
    ],
    ['a stack of Go goes', 'panic: nil map\n\ngoroutine 1 [running]:\nmain.main()', 'panic: nil map'],
    ['nothing but a stack is an internal error', '\n    at run (/srv/app/index.js:1:2)', 'internal error'],
    ['keys go', 'refused Bearer abcdef123456 and sk-abcdef123456', 'refused (key) and (key)'],
  ];
  for (const [what, said, told] of cases) it(what, () => assert.equal(withoutInternals(said), told));
});
