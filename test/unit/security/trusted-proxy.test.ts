import assert from 'node:assert/strict';
import { FakeClock } from '../../helpers/fake-clock';
import { makeFacts, makeSecurity, type SecurityFixture } from '../../helpers/security-fixture';

const PROXY = '192.0.2.250';

describe('a trusted proxy', () => {
  let clock: FakeClock;
  let fixture: SecurityFixture;

  beforeEach(() => {
    clock = new FakeClock();
    fixture = makeSecurity({ clock, policy: { trustedProxies: [PROXY, '127.0.0.1'] } });
  });
  afterEach(() => fixture.services.dispose());

  const asProxy = (target: string, headers: Record<string, string> = {}) =>
    fixture.gate.admit(makeFacts({ target, from: PROXY, headers }));

  it('is not limited like one client, for all come through it', () => {
    for (let i = 0; i < 3000; i++) {
      const answer = asProxy('/v1/models', { authorization: `Bearer good-${i % 10}` });
      assert.ok(answer.ok, `${i}`);
      clock.advance(5 * (i % 3));
    }
  });

  it('gains nothing by malformed HTTP, slow uploads and many connections; each stands in the log', () => {
    for (let i = 0; i < 50; i++) {
      fixture.gate.report({ type: 'malformed', address: PROXY, reason: `HPE_${i}` });
      fixture.gate.report({ type: 'slow-upload', facts: makeFacts({ from: PROXY }) });
    }
    fixture.gate.report({ type: 'connection', address: PROXY, open: 5000 });

    assert.ok(fixture.detections.every(({ gained, isWarning }) => gained === 0 && !isWarning));
    assert.equal(fixture.services.blocklist.size, 0);
    assert.ok(fixture.events.some(({ kind }) => kind === 'detection.malformed'));
  });

  it('on loopback is told apart from programs on this machine', () => {
    const throughProxy = makeFacts({ from: '127.0.0.1', isDirectLocal: false, headers: { via: '1.1 x' } });
    for (let i = 0; i < 2000; i++) fixture.gate.admit(throughProxy);

    assert.ok(!fixture.events.some(({ kind }) => kind === 'throttle.rate'));
    assert.ok(fixture.gate.admit(makeFacts({ from: '127.0.0.1' })).ok);
  });

  it('is no reason to let an exploit pass', () => {
    const answer = asProxy('/x?id=1%27%20union%20select%20a%20from%20b--');

    assert.ok(!answer.ok);
    assert.ok(fixture.detections.some(({ signs }) => signs.some(({ category }) => category === 'sqli')));
  });

  it('names the client whose score it is', () => {
    const client = fixture.services.clientAddress(PROXY, { 'x-forwarded-for': '203.0.113.50' });
    for (const target of ['/.env', '/wp-admin', '/.git/config', '/actuator'])
      fixture.gate.admit({ ...makeFacts({ target, from: client }), socketAddress: PROXY });

    assert.ok(fixture.services.blocklist.find('203.0.113.50'));
    assert.equal(fixture.services.blocklist.find(PROXY), undefined);
  });

  it('cannot be blocked by hand, nor found in a wider block', async () => {
    assert.equal(fixture.services.blocklist.refusalOf(PROXY), 'is a trusted proxy');
    await fixture.services.blocklist.add({ range: '192.0.2.0/24', rule: 'manual', reason: 'x' });

    assert.equal(fixture.services.blocklist.find(PROXY), undefined);
    assert.ok(fixture.services.blocklist.find('192.0.2.9'));
  });

  it('is an address like any other once it is trusted no more', () => {
    fixture.services.configure({ ...fixture.gate.policy, trustedProxies: [] });
    for (let i = 0; i < 40; i++) fixture.gate.report({ type: 'slow-upload', facts: makeFacts({ from: PROXY }) });

    assert.ok(fixture.services.blocklist.find(PROXY));
  });
});
