import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { silentLogger } from '../../../src/core/logger';
import type { TlsPolicy } from '../../../src/core/tls';
import { AcmeStore } from '../../../src/tls/acme/acme-store';
import { checkPair } from '../../../src/tls/certificate';
import { PrivateFolder } from '../../../src/tls/private-folder';
import { FakeClock, settle } from '../../helpers/fake-clock';
import { makeAuthority } from '../../helpers/tls/authority';
import { dayMs, makeKeeper, nextChange, temporaryFolder } from '../../unit/tls/support';

const domain = 'gateway.example.org';

/** A server that ends every connection, and how often somebody came. */
async function brokenServer() {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/dir`,
    connections: () => connections,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

describe('certificate by ACME while its server is away', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: Awaited<ReturnType<typeof brokenServer>>;
  let clock: FakeClock;
  let made: ReturnType<typeof makeKeeper>;
  beforeEach(async () => {
    folder = await temporaryFolder();
    server = await brokenServer();
    clock = new FakeClock();
    made = makeKeeper(folder.path, { clock });
  });
  afterEach(async () => {
    await made.keeper.stop();
    await server.stop();
    await folder.remove();
  });

  const policy = (): TlsPolicy => ({
    mode: 'acme',
    acme_domain: domain,
    acme_email: 'admin@example.org',
    acme_terms: true,
    acme_directory: server.url,
  });
  async function keepCertificate(): Promise<void> {
    const pair = await (await makeAuthority(clock.now())).issue([domain]);
    const checked = checkPair({ ...pair, certFile: '', keyFile: '' }, clock.now());
    assert.ok(checked.ok);
    const write = (path: string, content: string) => writeFile(path, content, { mode: 0o600 });
    const store = new AcmeStore(new PrivateFolder(join(folder.path, 'tls'), write), server.url, domain, silentLogger);
    await store.saveCertificate(checked.pair);
  }
  const phase = () => made.keeper.state.phase;
  const stateFiles = async () =>
    (await readdir(folder.path, { recursive: true })).map(String).filter((name) => name.endsWith('.json'));

  it('asks again after waits that grow, and never in between', async () => {
    await made.keeper.start(policy(), []);
    const waits = [made.keeper.state.renewsAt! - clock.now()];
    for (let attempt = 0; attempt < 3; attempt++) {
      const before = server.connections();
      clock.advance(waits.at(-1)! - 1);
      assert.equal(server.connections(), before);
      const asking = nextChange(made.keeper);
      clock.advance(1);
      await asking;
      while (made.keeper.state.phase === 'preparing') await nextChange(made.keeper);
      await settle();
      waits.push(made.keeper.state.renewsAt! - clock.now());
    }

    assert.deepEqual(
      waits.map((ms) => ms / 60_000),
      [5, 15, 45, 135],
    );
    assert.equal(made.keeper.state.notice?.code, 'tls.acmeUnreachable');
  });

  it('goes on with the certificate there is until that ends, and then has none', async () => {
    await keepCertificate();
    await made.keeper.start(policy(), []);
    assert.equal(phase(), 'ready');
    assert.equal(server.connections(), 0);

    await made.keeper.renew();
    const failing = { ...made.keeper.state };
    // The next attempts are a day apart; the last one before the end fails, too.
    clock.jump(397 * dayMs);
    const ended = nextChange(made.keeper);
    clock.advance(60 * 60_000);
    await ended;
    while (phase() !== 'failed') await nextChange(made.keeper);

    assert.equal(failing.phase, 'ready');
    assert.equal(failing.notice?.code, 'tls.keptEarlier');
    assert.equal(failing.cause?.code, 'tls.acmeUnreachable');
    assert.equal(made.keeper.material(), undefined);
  });

  it('forgets a wait that a wrong clock wrote down', async () => {
    await made.keeper.start(policy(), []);
    await made.keeper.stop();
    const before = server.connections();
    const [file] = await stateFiles();
    const path = join(folder.path, file!);
    const record = JSON.parse(await readFile(path, 'utf8')) as object;
    await writeFile(path, JSON.stringify({ ...record, nextAt: clock.now() + 1000 * dayMs }));

    made = makeKeeper(folder.path, { clock });
    await made.keeper.start(policy(), []);

    assert.ok(server.connections() > before);
  });

  for (const garbage of ['', '{', 'null', '{"settings":1}', '{"reason":{"code":"constructor","args":[]}}']) {
    it(`does not stumble over a record that is ${garbage === '' ? 'empty' : garbage}`, async () => {
      await made.keeper.start(policy(), []);
      await made.keeper.stop();
      const [file] = await stateFiles();
      await writeFile(join(folder.path, file!), garbage);

      made = makeKeeper(folder.path, { clock });
      await made.keeper.start(policy(), []);

      assert.equal(made.keeper.state.notice?.code, 'tls.acmeUnreachable');
    });
  }
});
