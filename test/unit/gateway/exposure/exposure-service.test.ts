import assert from 'node:assert/strict';
import { parseConfig } from '../../../../src/core/config';
import { Emitter } from '../../../../src/core/emitter';
import type { MachineAddress } from '../../../../src/core/exposure';
import { silentLogger } from '../../../../src/core/logger';
import type { TlsPolicy, TlsState } from '../../../../src/core/tls';
import type { Certificates } from '../../../../src/gateway/exposure/certificates';
import { ExposureKeeper } from '../../../../src/gateway/exposure/exposure-keeper';
import { ExposureService, lookMs } from '../../../../src/gateway/exposure/exposure-service';
import type { Exposed } from '../../../../src/gateway/proxy/proxy-controller';
import { closedPlan, type ExposurePlan } from '../../../../src/proxy/listeners/exposure-plan';
import { FakeClock } from '../../../helpers/fake-clock';
import { laptop, makeAddress } from './exposure-facts';

const cable = '192.168.1.20';
const radio = '10.0.0.7';
const local = 'fe80::1%eth0';
const off = { phase: 'off', inFlight: 0, requests: 0 } as const;

/** Opens whatever it is told. */
class FakeProxy {
  readonly changes = new Emitter<Exposed>();
  readonly onDidChangeExposed = this.changes.event;
  readonly plans: ExposurePlan[] = [];
  readonly state = { ...off, port: 11435 };
  exposed: Exposed = { addresses: [], failures: [] };
  failing: readonly string[] = [];

  expose(plan: ExposurePlan): Promise<typeof off> {
    this.plans.push(plan);
    const failures = this.failing.map((address) => ({ address, message: 'taken' }));
    this.be({ addresses: plan.addresses.filter((address) => !this.failing.includes(address)), failures });
    return Promise.resolve(off);
  }

  be(exposed: Exposed): void {
    if (JSON.stringify(exposed) === JSON.stringify(this.exposed)) return;
    this.exposed = exposed;
    this.changes.fire(exposed);
  }
}

class FakeCertificates {
  readonly changes = new Emitter<void>();
  readonly onDidChange = this.changes.event;
  readonly names: (readonly string[])[] = [];
  state: TlsState = { mode: 'self-signed', phase: 'ready' };
  cert: string | undefined = 'first';

  configure(_policy: TlsPolicy, names: readonly string[]): void {
    this.names.push(names);
    this.changes.fire();
  }

  material(): { cert: string; key: string } | undefined {
    return this.cert === undefined ? undefined : { cert: this.cert, key: 'key' };
  }
}

describe('exposure service', () => {
  let clock: FakeClock;
  let proxy: FakeProxy;
  let certificates: FakeCertificates;
  let keeper: ExposureKeeper;
  let service: ExposureService;
  let machine: readonly MachineAddress[];
  let guard: 'ok' | 'no-key';
  let policy: TlsPolicy;
  let rows: Readonly<Record<string, string>>[];

  beforeEach(() => {
    clock = new FakeClock();
    proxy = new FakeProxy();
    certificates = new FakeCertificates();
    machine = laptop;
    guard = 'ok';
    policy = { mode: 'self-signed' };
    rows = [];
    const stored = { load: () => ({ confirmed: { scope: 'machine' } }) as const, save: () => Promise.resolve() };
    keeper = new ExposureKeeper({ stored, trustsSettings: true, clock });
    service = new ExposureService({
      keeper,
      certificates: certificates as unknown as Certificates,
      proxy,
      guard: () => guard,
      tlsPolicy: () => policy,
      readAddresses: () => machine,
      hostNames: { told: ['desk'], accepted: ['desk', 'desk.local'] },
      record: (details) => rows.push(details),
      clock,
      logger: silentLogger,
    });
  });
  afterEach(() => {
    service.dispose();
    keeper.dispose();
  });

  function begin(exposure = 'all', interfaces: readonly string[] = []): void {
    keeper.start(parseConfig({ 'proxy.exposure': exposure, 'proxy.interfaces': interfaces }).config);
    service.start();
  }
  const who = () => rows.map(({ from, to, by }) => [from, to, by]);

  it('opens what is wished, encrypted, and records who wished it', () => {
    begin('interfaces', ['wlan0']);

    assert.deepEqual(proxy.exposed.addresses, [radio]);
    assert.deepEqual([proxy.plans[0]?.tls?.cert, proxy.plans[0]?.tls?.minVersion], ['first', 'TLSv1.2']);
    assert.deepEqual(rows, [
      { from: 'loopback', to: radio, by: 'start', because: 'settings', scope: 'interfaces', tls: 'self-signed' },
    ]);
    assert.deepEqual(service.state(), { scope: 'interfaces', addresses: [radio], because: ['settings'] });
  });

  it('names setting, share, timer, person, key, network and proxy as those who changed it', async () => {
    begin('machine');
    keeper.demand('share_a', { scope: 'interfaces', addresses: [radio] });
    await keeper.confirm({ scope: 'interfaces', addresses: [cable] }, clock.now() + 1000);
    clock.advance(1000);
    keeper.configure(parseConfig({ 'proxy.exposure': 'interfaces', 'proxy.interfaces': [radio, cable] }).config);
    guard = 'no-key';
    service.update('key');
    guard = 'ok';
    service.update('key');
    machine = machine.filter(({ address }) => address !== cable);
    clock.advance(lookMs);
    await keeper.close();
    proxy.be({ addresses: [radio], failures: [] });

    assert.deepEqual(
      who().map(([, , by]) => by),
      ['share', 'person', 'timer', 'setting', 'key', 'key', 'network', 'person', 'proxy'],
    );
  });

  it('follows addresses as they come and go, and looks only while something is wished', () => {
    begin();
    assert.deepEqual(proxy.exposed.addresses, [cable, local, radio]);

    machine = [...laptop, makeAddress('172.16.0.9')];
    clock.advance(lookMs);
    assert.ok(proxy.exposed.addresses.includes('172.16.0.9'));
    assert.ok(certificates.names.at(-1)?.includes('172.16.0.9'));

    keeper.configure(parseConfig({}).config);
    assert.deepEqual([proxy.exposed.addresses, clock.pending], [[], 0]);
  });

  it('takes another certificate without closing anything, and closes when there is none', () => {
    begin();
    certificates.cert = 'second';
    certificates.changes.fire();
    assert.equal(proxy.plans.at(-1)?.tls?.cert, 'second');
    assert.equal(rows.length, 1);

    certificates.cert = undefined;
    certificates.changes.fire();

    assert.deepEqual(proxy.exposed.addresses, []);
    assert.equal(proxy.plans.at(-1)?.tls, undefined);
  });

  it('opens once the certificate is there', () => {
    certificates.state = { mode: 'self-signed', phase: 'preparing' };
    begin();
    assert.equal(service.state().notice?.code, 'exposure.certificatePreparing');

    certificates.state = { mode: 'self-signed', phase: 'ready' };
    certificates.changes.fire();

    assert.deepEqual([service.state().scope, service.state().notice], ['all', undefined]);
    assert.deepEqual(who(), [['loopback', [cable, local, radio].join(', '), 'certificate']]);
  });

  it('says where it could not listen, and tries again later', () => {
    proxy.failing = [radio];
    begin();
    assert.deepEqual(service.state().notice, { code: 'exposure.notOpened', args: [radio, 'taken'] });

    proxy.failing = [];
    clock.advance(6 * lookMs);

    assert.deepEqual([service.state().notice, proxy.exposed.addresses.length], [undefined, 3]);
  });

  it('announces names while open, and public ones of the certificate strictly', () => {
    policy = { mode: 'acme', acme_domain: 'llm.example.org' };
    const certificate = { names: ['llm.example.org', 'desk.local', '10.0.0.7'] } as unknown as TlsState['certificate'];
    certificates.state = { mode: 'acme', phase: 'ready', ...(certificate && { certificate }) };
    begin();

    const [{ names, strictNames } = closedPlan] = proxy.plans;
    assert.deepEqual(names, ['desk', 'desk.local', 'llm.example.org']);
    assert.deepEqual(strictNames, ['llm.example.org']);
    assert.ok(service.endpoints().some(({ url }) => url === 'https://llm.example.org:11435/v1'));
  });

  it('changes nothing after its end', () => {
    begin('machine');
    service.dispose();

    keeper.demand('share_a', { scope: 'all' });

    assert.deepEqual(proxy.plans, []);
  });
});
