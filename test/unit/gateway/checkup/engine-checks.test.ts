import assert from 'node:assert/strict';
import { engineCors, foreignOrigin } from '../../../../src/gateway/checkup/checks/engine-cors';
import { engineOpen } from '../../../../src/gateway/checkup/checks/engine-open';
import { engineRebinding, foreignHost } from '../../../../src/gateway/checkup/checks/engine-rebinding';
import { engineVersion } from '../../../../src/gateway/checkup/checks/engine-version';
import { FakeHttp, makeEngine, makeTools, modelList, ollamaVersion, outcomeOf } from './checkup-fixture';
import { lan, publicAddress } from '../../../helpers/machine-addresses';

describe('engines that are reachable past the proxy', () => {
  const engines = [makeEngine()];

  it('are found where they answer on another address of this machine', async () => {
    const http = new FakeHttp(({ url }) => (url.startsWith('http://192.168.1.20:11434/') ? ollamaVersion : undefined));
    const { findings } = await outcomeOf(engineOpen, { engines }, makeTools(http));

    assert.equal(findings.length, 1);
    assert.equal(findings[0]!.severity, 'high');
    assert.deepEqual(findings[0]!.what.args, ['Ollama', '192.168.1.20']);
    assert.equal(findings[0]!.engineId, 'ollama');
    assert.deepEqual(
      http.asked.map(({ url }) => url),
      ['http://192.168.1.20:11434/api/version'],
    );
  });

  it('are worse on a public address', async () => {
    const http = new FakeHttp(() => ollamaVersion);
    const { findings } = await outcomeOf(engineOpen, { engines, addresses: [lan, publicAddress] }, makeTools(http));

    assert.equal(findings[0]!.severity, 'critical');
    assert.deepEqual(findings[0]!.what.args, ['Ollama', '192.168.1.20, 203.0.113.7']);
  });

  it('are none when nothing answers, a key is asked for, or something else listens there', async () => {
    for (const reply of [undefined, { status: 401 }, { body: '<html>' }, { body: '{"name":"router"}' }]) {
      const { findings } = await outcomeOf(engineOpen, { engines }, makeTools(new FakeHttp(() => reply)));

      assert.deepEqual(findings, []);
    }
  });

  it('are asked what they guard with a key', async () => {
    const http = new FakeHttp();
    const kinds = ['llamacpp', 'vllm', 'lmstudio', 'openai'] as const;
    await outcomeOf(engineOpen, { engines: kinds.map((kind) => makeEngine({ kind })) }, makeTools(http));

    assert.deepEqual(
      http.asked.map(({ url }) => new URL(url).pathname),
      ['/props', '/v1/models', '/v1/models', '/v1/models'],
    );
  });

  it('are not looked for on other machines, nor where no engine runs', async () => {
    const http = new FakeHttp(() => ollamaVersion);
    const others = [
      makeEngine({ baseUrl: 'http://192.0.2.5:11434', isRemote: true }),
      makeEngine({ baseUrl: '', state: 'installed' }),
      makeEngine({ state: 'network-error' }),
    ];
    await outcomeOf(engineOpen, { engines: others }, makeTools(http));

    assert.deepEqual(http.asked, []);
  });

  it('are this machine’s too when configured by its own address, and keep scheme, port and path', async () => {
    const http = new FakeHttp();
    const own = [makeEngine({ kind: 'openai', baseUrl: 'https://192.168.1.20:8443/llm', isRemote: true })];
    await outcomeOf(engineOpen, { engines: own }, makeTools(http));

    assert.equal(http.asked[0]!.url, 'https://192.168.1.20:8443/llm/v1/models');
  });

  it('come with a command for the system where there is one', async () => {
    const http = new FakeHttp(() => ollamaVersion);
    const commandOn = async (platform: NodeJS.Platform) =>
      (await outcomeOf(engineOpen, { engines, platform }, makeTools(http))).findings[0]!.command;

    assert.equal(await commandOn('win32'), 'setx OLLAMA_HOST 127.0.0.1');
    assert.equal(await commandOn('darwin'), 'launchctl setenv OLLAMA_HOST 127.0.0.1');
    assert.match((await commandOn('linux'))!, /OLLAMA_HOST=127\.0\.0\.1.*systemctl restart ollama$/);
    assert.equal(await commandOn('aix'), undefined);
  });
});

describe('engines that let every web page read', () => {
  const engines = [makeEngine({ kind: 'vllm', name: 'vLLM', baseUrl: 'http://127.0.0.1:8000' })];
  const answer = (allowed: string | undefined, status = 200) =>
    new FakeHttp(() => ({
      ...modelList,
      status,
      headers: allowed === undefined ? {} : { 'access-control-allow-origin': allowed },
    }));

  it('are found by what they allow a foreign origin', async () => {
    for (const allowed of ['*', foreignOrigin]) {
      const http = answer(allowed);
      const { findings } = await outcomeOf(engineCors, { engines }, makeTools(http));

      assert.equal(findings[0]?.check, 'engine-cors');
      assert.deepEqual(http.asked[0]!.headers, { origin: foreignOrigin });
    }
  });

  it('are none when another origin is named, none is, or a key is asked for', async () => {
    for (const http of [answer('http://localhost:3000'), answer(undefined), answer('*', 401)]) {
      assert.deepEqual((await outcomeOf(engineCors, { engines }, makeTools(http))).findings, []);
    }
  });
});

describe('engines that answer under any name', () => {
  it('are found by a Host header that is nobody’s', async () => {
    const http = new FakeHttp(() => ollamaVersion);
    const { findings } = await outcomeOf(engineRebinding, { engines: [makeEngine()] }, makeTools(http));

    assert.equal(findings[0]?.check, 'engine-rebinding');
    assert.deepEqual(http.asked[0]!.headers, { host: `${foreignHost}:11434` });
  });

  it('are none when they refuse it', async () => {
    const http = new FakeHttp(() => ({ status: 403, body: '' }));

    assert.deepEqual((await outcomeOf(engineRebinding, { engines: [makeEngine()] }, makeTools(http))).findings, []);
  });
});

describe('engines with known holes', () => {
  it('are named once, with all holes, the worst of them and the version without any', async () => {
    const engines = [makeEngine({ version: '0.1.40' })];
    const { findings } = await outcomeOf(engineVersion, { engines });

    assert.equal(findings.length, 1);
    assert.equal(findings[0]!.severity, 'critical');
    assert.deepEqual(findings[0]!.what.args, ['Ollama', '0.1.40', 'CVE-2026-7482, CVE-2024-45436, GO-2024-3245']);
    assert.deepEqual(findings[0]!.fix.args, ['Ollama', '0.17.1']);
    assert.equal(findings[0]!.source, 'https://pkg.go.dev/vuln/GO-2026-5748');
  });

  it('are looked at on other machines, too', async () => {
    const engines = [makeEngine({ baseUrl: 'http://192.0.2.5:11434', isRemote: true, version: '0.17.0' })];

    assert.equal((await outcomeOf(engineVersion, { engines })).findings.length, 1);
  });

  it('say where the version is not known', async () => {
    const engines = [makeEngine({ kind: 'lmstudio', name: 'LM Studio', version: undefined as never }), makeEngine()];
    const { findings, skipped } = await outcomeOf(engineVersion, { engines });

    assert.deepEqual(findings, []);
    assert.deepEqual(
      skipped?.map(({ args }) => args),
      [['LM Studio']],
    );
  });
});
