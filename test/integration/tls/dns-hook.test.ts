import assert from 'node:assert/strict';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { silentLogger } from '../../../src/core/logger';
import { reasonText } from '../../../src/core/reason';
import { AcmeFailure } from '../../../src/tls/acme/acme-failure';
import { DnsChallenge, dnsHookTimeoutMs } from '../../../src/tls/acme/dns-challenge';
import { FakeClock } from '../../helpers/fake-clock';
import { temporaryFolder } from '../../unit/tls/support';

describe('program that sets DNS records', function () {
  this.timeout(30_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let clock: FakeClock;
  before(function () {
    if (process.platform === 'win32') this.skip(); // The scripts of this test need a #! line.
  });
  beforeEach(async () => {
    folder = await temporaryFolder();
    clock = new FakeClock();
  });
  afterEach(() => folder.remove());

  const log = () => join(folder.path, 'log');
  async function program(body: string): Promise<string> {
    const path = join(folder.path, 'hook');
    const start = `#!${process.execPath}\nconst fs = require('node:fs');\n`;
    await writeFile(
      path,
      `${start}fs.appendFileSync(${JSON.stringify(log())}, JSON.stringify(process.argv.slice(2)) + '\\n');\n${body}`,
    );
    await chmod(path, 0o755);
    return path;
  }
  const calls = async () =>
    (await readFile(log(), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as readonly string[]);
  const ask = (path: string, answer = 'value', signal = new AbortController().signal) =>
    new DnsChallenge(path, clock, silentLogger).answer({ domain: 'example.org', token: 't', answer }, signal);
  const failure = async (pending: Promise<unknown>): Promise<string> => {
    const error = await pending.then(
      () => assert.fail('it did not fail'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof AcmeFailure, String(error));
    return reasonText(error.reason);
  };

  it('is told what to set, and afterwards to remove it', async () => {
    const remove = await ask(await program(''));
    await remove();

    assert.deepEqual(await calls(), [
      ['set', '_acme-challenge.example.org', 'value'],
      ['remove', '_acme-challenge.example.org', 'value'],
    ]);
    assert.equal(clock.pending, 0);
  });

  it('gets its words as they are: no shell reads them', async () => {
    const evil = '$(touch pwned); `id` && echo "x" > y | *';

    await ask(await program(''), evil);

    assert.equal((await calls())[0]?.[2], evil);
  });

  it('is undone when it failed half way', async () => {
    const path = await program(
      `if (process.argv[2] === 'set') { console.error('\\nboom\\nmore'); process.exitCode = 7; }`,
    );

    const says = await failure(ask(path));

    assert.match(says, /could not set the DNS record: exit code 7: boom$/);
    assert.deepEqual(
      (await calls()).map(([action]) => action),
      ['set', 'remove'],
    );
  });

  it('is named when it is not there', async () => {
    assert.match(await failure(ask(join(folder.path, 'none'))), /none could not set the DNS record: .*ENOENT/);
  });

  it('is ended when it takes too long', async () => {
    const path = await program(`if (process.argv[2] === 'set') setInterval(() => undefined, 1000);`);
    const asking = failure(ask(path));

    clock.advance(dnsHookTimeoutMs);

    assert.match(await asking, new RegExp(`did not end within ${dnsHookTimeoutMs / 1000} s`));
  });

  it('is ended when nobody waits for it any more', async () => {
    const path = await program(`if (process.argv[2] === 'set') setInterval(() => undefined, 1000);`);
    const stop = new AbortController();
    const asking = ask(path, 'value', stop.signal);

    stop.abort(new Error('stopped'));

    await assert.rejects(asking, /stopped/);
  });
});
