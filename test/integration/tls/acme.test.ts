import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../../scripts/lib/free-port';
import { systemClock, type Clock } from '../../../src/core/clock';
import { reason, reasonText } from '../../../src/core/reason';
import type { CertificateKeeper, TlsEvent, TlsPolicy } from '../../../src/core/tls';
import { writeFileAtomic } from '../../../src/gateway/atomic-file';
import { createLogger, silentLogger, type Logger } from '../../../src/core/logger';
import { acmeSettings } from '../../../src/tls/acme/acme-settings';
import { AcmeStore } from '../../../src/tls/acme/acme-store';
import type { ChallengeResponder } from '../../../src/tls/acme/challenge';
import { acmeVisitTimeoutMs, withSession } from '../../../src/tls/acme/with-session';
import { PrivateFolder } from '../../../src/tls/private-folder';
import { FakeClock } from '../../helpers/fake-clock';
import { createCertificateKeeper } from '../../../src/tls/main';
import { startAcmeProxy, type AcmeProxy } from '../../helpers/tls/acme-proxy';
import { makeAuthority } from '../../helpers/tls/authority';
import { pebbleOrSkip, startPebble, type Pebble } from '../../helpers/tls/pebble';
import { temporaryFolder } from '../../unit/tls/support';

const domain = 'gateway.example.org';
const yearMs = 365 * 24 * 60 * 60_000;

describe('certificate by ACME, from a real ACME server (Pebble)', function () {
  this.timeout(60_000);
  let pebble: Pebble;
  let proxy: AcmeProxy;
  /** What was started, also when a later step failed or the tests are skipped. */
  const running: { stop(): Promise<void> }[] = [];
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let keepers: CertificateKeeper[];
  let lines: string[];

  before(async function () {
    pebble = await startPebble(pebbleOrSkip(this));
    running.push(pebble);
    proxy = await startAcmeProxy(pebble);
    running.push(proxy);
  });
  after(async () => {
    for (const each of running.splice(0).reverse()) await each.stop();
  });
  beforeEach(async () => {
    folder = await temporaryFolder();
    keepers = [];
    lines = [];
    proxy.intercept = undefined;
    (proxy.seen as unknown[]).length = 0;
  });
  afterEach(async () => {
    await Promise.all(keepers.map((keeper) => keeper.stop()));
    await folder.remove();
    assert.ok(!lines.some((line) => line.includes('PRIVATE')), 'no key in the log');
  });

  function policy(changes: Partial<TlsPolicy> = {}): TlsPolicy {
    return {
      mode: 'acme',
      acme_domain: domain,
      acme_email: 'admin@example.org',
      acme_terms: true,
      acme_directory: proxy.directoryUrl,
      acme_caFile: pebble.caFile,
      acme_httpPort: pebble.httpPort,
      ...changes,
    };
  }
  function makeKeeper(clock: Clock = systemClock) {
    const events: TlsEvent[] = [];
    const logger: Logger = createLogger((_level, message, details) =>
      lines.push(`${message} ${JSON.stringify(details)}`),
    );
    const keeper = createCertificateKeeper({
      folder: folder.path,
      clock,
      logger,
      writeFile: writeFileAtomic,
      onEvent: (event) => events.push(event),
      challengeHost: '127.0.0.1',
      random: () => 0,
    });
    keepers.push(keeper);
    return { keeper, events };
  }
  const leafOf = (keeper: CertificateKeeper) => new X509Certificate(keeper.material()!.cert);
  const asked = (path: RegExp) => proxy.seen.filter((request) => path.test(request.path));

  it('is issued once the name is proved over HTTP, and kept from others', async () => {
    const { keeper, events } = makeKeeper();
    const preparing: string[] = [];
    keeper.onDidChange(() => {
      if (keeper.state.phase === 'preparing' && keeper.state.notice) preparing.push(reasonText(keeper.state.notice));
    });

    await keeper.start(policy(), []);

    assert.equal(keeper.state.phase, 'ready', JSON.stringify(keeper.state));
    assert.deepEqual(keeper.state.certificate?.names, [domain]);
    assert.match(
      preparing.join(),
      /http:\/\/gateway\.example\.org\/\.well-known\/acme-challenge\/ from the internet: port 80/,
    );
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['issued'],
    );
    assert.ok((await signers(keeper)).verifies, 'the chain leads to the CA');
    for (const file of await readdir(folder.path, { recursive: true })) {
      const facts = await stat(join(folder.path, file));
      assert.equal(facts.mode & 0o777, facts.isDirectory() ? 0o700 : 0o600, file);
    }
    await assert.rejects(connected(pebble.httpPort), /ECONNREFUSED/);
  });

  async function signers(keeper: CertificateKeeper): Promise<{ verifies: boolean }> {
    const blocks = keeper.material()!.cert.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g)!;
    const [leaf, intermediate] = blocks.map((block) => new X509Certificate(block));
    const root = new X509Certificate(await pebble.root());
    return { verifies: leaf!.verify(intermediate!.publicKey) && intermediate!.verify(root.publicKey) };
  }

  it('is in use again after a restart, without a word to the server', async () => {
    const first = makeKeeper();
    await first.keeper.start(policy(), []);
    await first.keeper.stop();
    const before = proxy.seen.length;

    const second = makeKeeper();
    await second.keeper.start(policy(), []);

    assert.equal(second.keeper.state.phase, 'ready');
    assert.equal(
      leafOf(second.keeper).fingerprint256,
      new X509Certificate(first.keeper.material()!.cert).fingerprint256,
    );
    assert.equal(proxy.seen.length, before);
  });

  it('is renewed past two thirds of its life, with the same account and a new key', async () => {
    const first = makeKeeper();
    await first.keeper.start(policy(), []);
    const old = first.keeper.material()!;
    await first.keeper.stop();
    const later: Clock = { ...systemClock, now: () => Date.now() + 4 * yearMs };

    const second = makeKeeper(later);
    await second.keeper.start(policy(), []);

    assert.notEqual(second.keeper.material()!.cert, old.cert);
    assert.notEqual(second.keeper.material()!.key, old.key);
    assert.deepEqual(
      asked(/sign-me-up/).map(({ status }) => status),
      [201, 200],
      'the second time the account was there',
    );
    assert.ok(second.keeper.state.renewsAt! > later.now() + 60 * 60_000, 'not again at once');
  });

  it('is revoked and replaced when its key may have got into other hands', async () => {
    const { keeper, events } = makeKeeper();
    await keeper.start(policy(), []);
    const old = leafOf(keeper);

    await keeper.revoke();

    assert.equal(await pebble.certificateStatus(old.serialNumber), 'Revoked');
    assert.equal(keeper.state.phase, 'ready');
    assert.notEqual(leafOf(keeper).serialNumber, old.serialNumber);
    assert.equal(await pebble.certificateStatus(leafOf(keeper).serialNumber), 'Valid');
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['issued', 'revoked', 'issued'],
    );
  });

  it('is not asked for before the terms are accepted: nothing is sent', async () => {
    const { keeper } = makeKeeper();

    await keeper.start(policy({ acme_terms: false }), []);

    assert.equal(keeper.state.phase, 'failed');
    assert.equal(keeper.state.notice?.code, 'tls.acmeTerms');
    assert.deepEqual(proxy.seen, []);
  });

  it('fails without a certificate when the name cannot be proved, and says what has to be reachable', async () => {
    const { keeper, events } = makeKeeper();
    const otherPort = await freePort();

    await keeper.start(policy({ acme_httpPort: otherPort }), []);

    assert.equal(keeper.state.phase, 'failed');
    assert.equal(keeper.material(), undefined);
    assert.equal(keeper.state.notice?.code, 'tls.acmeHttpFailed');
    assert.match(
      reasonText(keeper.state.notice),
      new RegExp(
        `http://gateway\\.example\\.org/\\.well-known/acme-challenge/ on port 80 has to reach port ${otherPort}`,
      ),
    );
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['failed'],
    );
    const waitMs = keeper.state.renewsAt! - Date.now();
    assert.ok(waitMs > 3 * 60_000 && waitMs <= 5 * 60_000, `next attempt in ${waitMs} ms`);
  });

  it('fails with the port by name when somebody else listens there', async () => {
    const { keeper } = makeKeeper();

    await keeper.start(policy({ acme_httpPort: Number(new URL(proxy.directoryUrl).port) }), []);

    assert.equal(keeper.state.notice?.code, 'tls.acmePort');
    assert.match(reasonText(keeper.state.notice), /EADDRINUSE/);
  });

  it('fails when the directory shows a certificate of an unknown CA', async () => {
    const { keeper } = makeKeeper();
    const file = join(folder.path, 'other-ca.pem');
    await writeFile(file, (await makeAuthority()).cert);

    await keeper.start(policy({ acme_caFile: file }), []);

    assert.equal(keeper.state.notice?.code, 'tls.acmeUnreachable');
    assert.match(reasonText(keeper.state.notice), /certificate/);
  });

  it('fails when the CA file is none', async () => {
    const { keeper } = makeKeeper();
    await writeFile(join(folder.path, 'no-ca.pem'), 'nothing');

    await keeper.start(policy({ acme_caFile: join(folder.path, 'no-ca.pem') }), []);

    assert.equal(keeper.state.notice?.code, 'tls.noCertificate');
    assert.deepEqual(proxy.seen, []);
  });

  describe('while the server has had enough', () => {
    const limit = (path: string, response: ServerResponse): boolean => {
      if (!path.startsWith('/order-plz')) return false;
      const problem = {
        type: 'urn:ietf:params:acme:error:rateLimited',
        detail: 'too many certificates (5) already issued',
      };
      response.writeHead(429, { 'content-type': 'application/problem+json', 'retry-after': '7200' });
      response.end(JSON.stringify(problem));
      return true;
    };

    it('waits as long as it was told, also over a restart', async () => {
      proxy.intercept = limit;
      const first = makeKeeper();
      await first.keeper.start(policy(), []);
      await first.keeper.stop();
      const before = proxy.seen.length;

      const second = makeKeeper();
      await second.keeper.start(policy(), []);

      assert.equal(second.keeper.state.phase, 'failed');
      assert.equal(second.keeper.state.notice?.code, 'tls.acmeRateLimited');
      assert.match(reasonText(second.keeper.state.notice), /too many certificates \(5\)/);
      assert.ok(Math.abs(second.keeper.state.renewsAt! - Date.now() - 7_200_000) < 60_000);
      assert.equal(proxy.seen.length, before);
    });

    it('is asked again at once with other settings', async () => {
      proxy.intercept = limit;
      const { keeper } = makeKeeper();
      await keeper.start(policy(), []);
      proxy.intercept = undefined;

      await keeper.configure(policy({ acme_email: 'other@example.org' }), []);

      assert.equal(keeper.state.phase, 'ready');
    });

    it('keeps the certificate that is still valid and says so', async () => {
      const { keeper, events } = makeKeeper();
      await keeper.start(policy(), []);
      const before = keeper.material();
      proxy.intercept = limit;

      await keeper.renew();

      assert.equal(keeper.state.phase, 'ready');
      assert.deepEqual(keeper.material(), before);
      assert.equal(keeper.state.notice?.code, 'tls.keptEarlier');
      assert.equal(keeper.state.cause?.code, 'tls.acmeRateLimited');
      assert.deepEqual(
        events.map(({ kind }) => kind),
        ['issued', 'failed'],
      );
    });
  });

  it('keeps the certificate there is when the server goes down in the middle, and gets one when it is back', async () => {
    const { keeper } = makeKeeper();
    await keeper.start(policy(), []);
    const before = keeper.material();
    proxy.intercept = (path, response) => {
      if (!path.startsWith('/finalize-order')) return false;
      response.destroy();
      return true;
    };

    await keeper.renew();
    const during = { material: keeper.material(), cause: keeper.state.cause?.code };
    proxy.intercept = undefined;
    await keeper.renew();

    assert.deepEqual(during, { material: before, cause: 'tls.acmeUnreachable' });
    assert.equal(keeper.state.notice, undefined);
    assert.notDeepEqual(keeper.material(), before);
  });

  it('ends at once, with its listener, when it is stopped in the middle', async () => {
    const { keeper } = makeKeeper();
    const isAsking = new Promise<void>((resolve) => {
      proxy.intercept = (path) => {
        if (path.startsWith('/chalZ')) resolve();
        return path.startsWith('/chalZ'); // Never answered.
      };
    });
    const started = keeper.start(policy(), []);
    await isAsking;
    await connected(pebble.httpPort);

    await keeper.stop();
    await started;

    await assert.rejects(connected(pebble.httpPort), /ECONNREFUSED/);
    assert.equal(keeper.material(), undefined);
  });

  it('is given up when the whole takes too long, whatever it waits for', async () => {
    const settings = acmeSettings(policy());
    assert.ok('domain' in settings);
    const clock = new FakeClock(Date.now());
    const folderOfServer = new PrivateFolder(folder.path, writeFileAtomic);
    const store = new AcmeStore(folderOfServer, settings.directoryUrl, domain, silentLogger);
    let asked: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const forever: ChallengeResponder = {
      type: 'http-01',
      wanted: () => reason('tls.acmeHttpWanted', domain, 80),
      failed: () => reason('tls.acmeHttpWanted', domain, 80),
      answer: (_question, signal) => {
        asked();
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        });
      },
    };
    const visit = { settings, store, clock, stop: new AbortController().signal, onNotice: () => undefined };
    const ordering = withSession(visit, (session) => session.order(domain, forever));
    await isAsked;

    clock.advance(acmeVisitTimeoutMs);

    await assert.rejects(ordering, /did not come to an end within 600 s/);
  });

  it('is made anew, by the same account, when its file is damaged', async () => {
    const first = makeKeeper();
    await first.keeper.start(policy(), []);
    await first.keeper.stop();
    const [file] = (await readdir(folder.path, { recursive: true })).filter((name) => name.endsWith(`${domain}.pem`));
    await writeFile(join(folder.path, file!), 'half a cert');

    const second = makeKeeper();
    await second.keeper.start(policy(), []);

    assert.equal(second.keeper.state.phase, 'ready');
    assert.equal(second.keeper.state.notice?.code, 'tls.fileReplaced');
    assert.deepEqual(
      asked(/sign-me-up/).map(({ status }) => status),
      [201, 200],
    );
  });

  describe('by a DNS record that a program of the user sets', () => {
    async function hook(body: string): Promise<string> {
      const path = join(folder.path, 'dns-hook');
      await writeFile(path, `#!${process.execPath}\nconst [action, name, value] = process.argv.slice(2);\n${body}`);
      await chmod(path, 0o755);
      return path;
    }

    it('is issued for a wildcard, and the record is removed', async () => {
      const log = join(folder.path, 'hook.log');
      const path = await hook(`
        require('node:fs').appendFileSync(${JSON.stringify(log)}, [action, name].join(' ') + '\\n');
        const url = ${JSON.stringify(pebble.dnsManagementUrl)} + (action === 'set' ? '/set-txt' : '/clear-txt');
        fetch(url, { method: 'POST', body: JSON.stringify({ host: name + '.', value }) }).then((answer) => {
          process.exitCode = answer.ok ? 0 : 1;
        });`);
      const { keeper } = makeKeeper();

      await keeper.start(policy({ acme_domain: '*.example.org', acme_dnsHook: path }), []);

      assert.equal(keeper.state.phase, 'ready', JSON.stringify(keeper.state));
      assert.deepEqual(keeper.state.certificate?.names, ['*.example.org']);
      assert.equal(
        await readFile(log, 'utf8'),
        'set _acme-challenge.example.org\nremove _acme-challenge.example.org\n',
      );
    });

    it('fails with what the program says', async () => {
      const path = await hook(`console.error('no such zone'); process.exitCode = action === 'set' ? 3 : 0;`);
      const { keeper } = makeKeeper();

      await keeper.start(policy({ acme_dnsHook: path }), []);

      assert.equal(keeper.state.phase, 'failed');
      assert.match(
        reasonText(keeper.state.notice!),
        /dns-hook could not set the DNS record: exit code 3: no such zone/,
      );
    });

    it('fails with the name of the record when the CA does not find it', async () => {
      const path = await hook('');
      const { keeper } = makeKeeper();

      await keeper.start(policy({ acme_dnsHook: path }), []);

      assert.equal(keeper.state.notice?.code, 'tls.acmeDnsFailed');
      assert.match(reasonText(keeper.state.notice), /TXT record _acme-challenge\.gateway\.example\.org/);
    });

    it('ends the program when it is stopped', async () => {
      const path = await hook(`if (action === 'set') setInterval(() => undefined, 1000);`);
      const { keeper } = makeKeeper();
      const asking = new Promise<void>((resolve) => {
        proxy.intercept = (requested) => {
          if (requested.startsWith('/authZ')) setTimeout(resolve, 300);
          return false;
        };
      });
      const started = keeper.start(policy({ acme_dnsHook: path }), []);
      await asking;

      await keeper.stop();

      await started;
    });
  });

  describe('from a server that refuses nonces now and then', () => {
    let refusing: Pebble;
    let refusingProxy: AcmeProxy;
    before(async function () {
      // In percent. The client gives up after six in a row: once in a million requests.
      refusing = await startPebble(pebbleOrSkip(this), { PEBBLE_WFE_NONCEREJECT: '10' });
      running.push(refusing);
      refusingProxy = await startAcmeProxy(refusing);
      running.push(refusingProxy);
    });

    it('is issued all the same', async () => {
      const { keeper } = makeKeeper();
      const settings = policy({
        acme_directory: refusingProxy.directoryUrl,
        acme_caFile: refusing.caFile,
        acme_httpPort: refusing.httpPort,
      });
      const refusals = () => refusingProxy.seen.filter(({ problem }) => problem === 'badNonce').length;

      await keeper.start(settings, []);
      for (let more = 0; more < 20 && refusals() === 0; more++) await keeper.renew();

      assert.equal(keeper.state.phase, 'ready', JSON.stringify(keeper.state));
      assert.equal(keeper.state.notice, undefined);
      assert.ok(refusals() > 0);
    });
  });
});

function connected(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
