import assert from 'node:assert/strict';
import { readQuickHints, readServiceHints, systemdVariable } from '../../../src/engines/environment-hints';
import { fakeHost } from '../../helpers/fake-host';

describe('addresses named by the machine', () => {
  it("come from Ollama's and llama-server's variables", async () => {
    const hints = await readQuickHints(
      fakeHost({ env: { OLLAMA_HOST: '0.0.0.0:9000', LLAMA_ARG_HOST: '::', LLAMA_ARG_PORT: '8090' } }),
    );

    assert.deepEqual(
      hints.map((hint) => [hint.baseUrl, hint.source]),
      [
        ['http://127.0.0.1:9000', 'environment'],
        ['http://[::1]:8090', 'environment'],
      ],
    );
  });

  it('do not come from a Unix socket or a port that is none', async () => {
    assert.deepEqual(await readQuickHints(fakeHost({ env: { LLAMA_ARG_HOST: '/tmp/x.sock' } })), []);
    assert.deepEqual(await readQuickHints(fakeHost({ env: { LLAMA_ARG_PORT: '0' } })), []);
  });

  it("come from LM Studio's last used port, with the file they stand in", async () => {
    const file = '/home/user/.lmstudio/.internal/http-server-config.json';

    const hints = await readQuickHints(fakeHost({ files: { [file]: '{"port":4321}' } }));

    assert.deepEqual(hints, [{ baseUrl: 'http://127.0.0.1:4321', source: 'config-file', detail: file }]);
  });

  it("follow the pointer to LM Studio's folder", async () => {
    const files = {
      '/home/user/.lmstudio-home-pointer': '/data/lms\n',
      '/data/lms/.internal/http-server-config.json': '{"port":1111}',
      '/home/user/.lmstudio/.internal/http-server-config.json': '{"port":2222}',
    };

    const hints = await readQuickHints(fakeHost({ files }));

    assert.deepEqual(
      hints.map((hint) => hint.baseUrl),
      ['http://127.0.0.1:1111'],
    );
  });

  it("prefer LM Studio's old folder while it exists", async () => {
    const old = '/home/user/.cache/lm-studio';
    const files = { [`${old}/.internal/http-server-config.json`]: '{"port":1111}' };

    const hints = await readQuickHints(fakeHost({ files, paths: [old] }));

    assert.deepEqual(
      hints.map((hint) => hint.baseUrl),
      ['http://127.0.0.1:1111'],
    );
  });

  it('take the host of LMS_SERVER_HOST with the port last used', async () => {
    const files = { '/home/user/.lmstudio/.internal/http-server-config.json': '{"port":4321}' };

    const hints = await readQuickHints(fakeHost({ files, env: { LMS_SERVER_HOST: '192.168.1.5' } }));

    assert.equal(hints[0]?.baseUrl, 'http://192.168.1.5:4321');
  });

  it('ignore damaged files', async () => {
    for (const text of ['', '{', 'null', '{"port":"x"}', '{"port":99999}']) {
      const files = { '/home/user/.lmstudio/.internal/http-server-config.json': text };
      assert.deepEqual(await readQuickHints(fakeHost({ files })), []);
    }
  });

  it('come from launchd on macOS', async () => {
    const host = fakeHost({ platform: 'darwin', commands: { 'launchctl getenv OLLAMA_HOST': '0.0.0.0\n' } });

    assert.deepEqual(
      (await readServiceHints(host)).map((hint) => hint.baseUrl),
      ['http://127.0.0.1:11434'],
    );
  });

  it("come from systemd's unit on Linux", async () => {
    const commands = {
      'systemctl show ollama -p Environment': 'Environment=PATH=/bin "X=a b" OLLAMA_HOST=0.0.0.0:9999\n',
    };

    assert.deepEqual(
      (await readServiceHints(fakeHost({ commands }))).map((hint) => hint.baseUrl),
      ['http://127.0.0.1:9999'],
    );
  });

  it('are none when systemctl or launchctl is missing, and on Windows', async () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const)
      assert.deepEqual(await readServiceHints(fakeHost({ platform })), []);
  });

  it('may be quoted in the unit', () => {
    assert.equal(systemdVariable('Environment="OLLAMA_HOST=a b" OTHER=1', 'OLLAMA_HOST'), 'a b');
    assert.equal(systemdVariable('Environment=', 'OLLAMA_HOST'), undefined);
  });
});
