import assert from 'node:assert/strict';
import { findInstalledEngines } from '../../../src/engines/installed-engines';
import { fakeHost, type FakeHostFacts } from '../../helpers/fake-host';

const local = 'C:\\Users\\me\\AppData\\Local';

const table: readonly (readonly [
  what: string,
  facts: FakeHostFacts,
  expected: readonly (readonly [string, string, string | undefined])[],
])[] = [
  ['nothing on an empty machine', {}, []],
  [
    'programs on PATH',
    { env: { PATH: '/opt/a:/opt/b' }, paths: ['/opt/b/ollama', '/opt/a/llama-server'] },
    [
      ['ollama', '/opt/b/ollama', '/opt/b/ollama serve'],
      ['llamacpp', '/opt/a/llama-server', '/opt/a/llama-server'],
    ],
  ],
  [
    'programs in usual folders when PATH is that of the desktop',
    { platform: 'darwin', home: '/Users/me', env: { PATH: '/usr/bin' }, paths: ['/opt/homebrew/bin/llama-server'] },
    [['llamacpp', '/opt/homebrew/bin/llama-server', '/opt/homebrew/bin/llama-server']],
  ],
  [
    'apps on macOS',
    { platform: 'darwin', home: '/Users/me', paths: ['/Applications/Ollama.app', '/Applications/LM Studio.app'] },
    [
      ['ollama', '/Applications/Ollama.app', 'open -a Ollama'],
      ['lmstudio', '/Applications/LM Studio.app', 'open -a "LM Studio"'],
    ],
  ],
  [
    'programs on Windows',
    {
      platform: 'win32',
      home: 'C:\\Users\\me',
      env: { LOCALAPPDATA: local, PATH: 'C:\\Tools' },
      paths: [
        `${local}\\Programs\\Ollama\\ollama.exe`,
        `${local}\\Programs\\LM Studio\\LM Studio.exe`,
        'C:\\Tools\\llama-server.exe',
      ],
    },
    [
      ['ollama', `${local}\\Programs\\Ollama\\ollama.exe`, `${local}\\Programs\\Ollama\\ollama.exe serve`],
      ['llamacpp', 'C:\\Tools\\llama-server.exe', 'C:\\Tools\\llama-server.exe'],
      ['lmstudio', `${local}\\Programs\\LM Studio\\LM Studio.exe`, undefined],
    ],
  ],
  [
    'vLLM in the active Python environment',
    { env: { VIRTUAL_ENV: '/home/user/venv' }, paths: ['/home/user/venv/bin/vllm'] },
    [['vllm', '/home/user/venv/bin/vllm', '/home/user/venv/bin/vllm serve Qwen/Qwen3-0.6B']],
  ],
  [
    'LM Studio by its install location, started by its own tool',
    {
      files: {
        '/home/user/.lmstudio/.internal/app-install-location.json': '{"path":"/opt/LM-Studio.AppImage","argv":[]}',
      },
      paths: ['/opt/LM-Studio.AppImage', '/home/user/.lmstudio/bin/lms'],
    },
    [['lmstudio', '/opt/LM-Studio.AppImage', '/home/user/.lmstudio/bin/lms server start']],
  ],
  [
    'nothing where the install location outlived the program',
    { files: { '/home/user/.lmstudio/.internal/app-install-location.json': '{"path":"/gone"}' } },
    [],
  ],
];

describe('installed engines', () => {
  for (const [what, facts, expected] of table) {
    it(`are ${what}`, async () => {
      const found = await findInstalledEngines(fakeHost(facts));

      assert.deepEqual(
        found.map((engine) => [engine.kind, engine.path, engine.startCommand]),
        expected,
      );
    });
  }

  it('are not looked for in relative folders of PATH', async () => {
    const found = await findInstalledEngines(fakeHost({ env: { PATH: '.:bin' }, paths: ['ollama', 'bin/ollama'] }));

    assert.deepEqual(found, []);
  });

  it('have a quoted command where the path has spaces', async () => {
    const [ollama] = await findInstalledEngines(fakeHost({ env: { PATH: '/my tools' }, paths: ['/my tools/ollama'] }));

    assert.equal(ollama?.startCommand, '"/my tools/ollama" serve');
  });
});
