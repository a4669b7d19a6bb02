import assert from 'node:assert/strict';
import { HeadlessGateway } from '../../helpers/headless-gateway';
import { builtGateway } from '../gateway/built-gateway';
import { HeadlessProcess } from '../gateway/headless-process';

describe('--create-key', function () {
  this.timeout(60_000);
  let gateway: HeadlessGateway;

  before(() => builtGateway().then(() => undefined));
  beforeEach(() => (gateway = HeadlessGateway.prepare()));
  afterEach(() => gateway.dispose());

  async function createKey(label: string): Promise<{ code: unknown; stdout: string; stderr: string }> {
    const child = await HeadlessProcess.start(['--create-key', label, '--data-dir', gateway.dataDir]);
    const code = await child.ended();
    return { code, stdout: child.stdout, stderr: child.stderr };
  }

  it('prints a key, alone, that a gateway started afterwards takes', async () => {
    const { code, stdout, stderr } = await createKey('for a script');
    const secret = stdout.trim();
    await gateway.run();

    assert.equal(code, 0, stderr);
    assert.match(stdout, /^flm-[0-9a-z]{12}-[\w-]{43}\n$/);
    assert.match(stderr, /shown this once/);
    assert.ok(!stderr.includes(secret));
    assert.equal((await gateway.call('/v1/models', { key: secret })).status, 200);
    const [key] = await gateway.request('keys/list', {});
    assert.deepEqual([key?.label, key?.purpose], ['for a script', 'command line']);
    assert.equal((await gateway.request('audit/verify', { archives: true })).ok, true);
  });

  it('asks the gateway that runs, which takes the key at once', async () => {
    await gateway.run();

    const { code, stdout, stderr } = await createKey('for a script');

    assert.equal(code, 0, stderr);
    assert.equal((await gateway.call('/v1/models', { key: stdout.trim() })).status, 200);
    const rows = await gateway.audit({ kinds: ['key.created'] });
    assert.equal(rows.length, 1);
  });

  it('makes keys one after the other after a gateway was killed', async () => {
    await gateway.run();
    await gateway.kill();

    const secrets = [await createKey('one'), await createKey('two')].map(({ stdout }) => stdout.trim());
    await gateway.run();

    for (const key of secrets) assert.equal((await gateway.call('/v1/models', { key })).status, 200);
  });

  for (const [how, isRunning] of [
    ['a running gateway', true],
    ['none', false],
  ] as const) {
    it(`says what is wrong with a label, with ${how}`, async () => {
      if (isRunning) await gateway.run();

      const { code, stdout, stderr } = await createKey('x'.repeat(81));

      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, /No key was made: A label has 1 to 80 printable characters/);
    });
  }
});
