import assert from 'node:assert/strict';
import { FakeClock } from '../../helpers/fake-clock';
import { makeFacts, makeSecurity, type MadeRequest, type SecurityFixture } from '../../helpers/security-fixture';

const OFFICE = '203.0.113.10';
const ATTACKER = '198.51.100.66';
const key = (name: string) => ({ authorization: `Bearer good-${name}`, 'content-type': 'application/json' });

/** What start-up probing of clients asks for: paths of every dialect, most of them unknown here. */
const dialectProbes = [
  '/v1/models', '/models', '/api/tags', '/api/version', '/api/ps', '/api/v0/models', '/v1/props', '/props', '/health',
  '/healthz', '/version', '/v1/internal/model/info', '/v1/model/info', '/metrics', '/slots', '/v1', '/', '/openapi.json',
  '/api/show', '/lmstudio-greeting', '/api/v1/models', '/v1/engines', '/sdapi/v1/sd-models', '/ping', '/info',
  '/tokenize', '/api/extra/version', '/.well-known/openid-configuration',
]; // prettier-ignore

const scannerPaths = [
  '/.env', '/wp-login.php', '/.git/config', '/phpmyadmin', '/admin', '/index.php?id=1%27%20or%20%271%27=%271',
  '/cgi-bin/test.cgi', '/../../../../etc/passwd', '/shell.php', '/backup.sql', '/actuator/env', '/server-status',
]; // prettier-ignore

describe('whole sessions', () => {
  let clock: FakeClock;
  let fixture: SecurityFixture;

  beforeEach(() => {
    clock = new FakeClock();
    fixture = makeSecurity({ clock });
  });
  afterEach(() => fixture.services.dispose());

  const send = (request: MadeRequest) => fixture.gate.admit(makeFacts(request));
  const isBlocked = (address: string) => fixture.services.blocklist.find(address) !== undefined;
  const wasWarned = (address: string) => fixture.detections.some((one) => one.address === address && one.isWarning);

  it('let a day of chat, autocomplete and polling pass unnoticed', () => {
    for (let minute = 0; minute < 120; minute++) {
      for (let i = 0; i < 9; i++) {
        assert.ok(send({ method: 'POST', target: '/v1/chat/completions', from: OFFICE, headers: key('ann') }).ok);
        clock.advance(110);
      }
      assert.ok(send({ target: '/v1/models', from: OFFICE, headers: key('ann') }).ok);
      clock.advance(59_000);
    }
    assert.equal(fixture.detections.length, 0);
  });

  it('let a burst of start-up probing pass, 28 unknown paths in a second, without a key', () => {
    for (const target of dialectProbes) {
      send({ target, from: OFFICE });
      clock.advance(30);
    }
    assert.ok(!isBlocked(OFFICE));
    assert.ok(!wasWarned(OFFICE));
    assert.equal(fixture.detections.filter(({ gained }) => gained > 0).length, 0);
  });

  it('do not lock out a tool with a stale key that retries all day', () => {
    for (let i = 0; i < 300; i++) {
      const answer = send({ target: '/v1/models', from: OFFICE, headers: { authorization: 'Bearer stale' } });
      assert.ok(!answer.ok && answer.refusal.code === 'key_invalid');
      clock.advance(60_000);
    }
    assert.ok(!isBlocked(OFFICE));
    assert.ok(send({ from: OFFICE, headers: key('ann') }).ok);
  });

  it('count no missing key as a failure', () => {
    for (let i = 0; i < 50; i++) send({ from: OFFICE });
    assert.ok(!isBlocked(OFFICE));
  });

  it('block a scanner within 25 requests', () => {
    let requests = 0;
    for (const target of scannerPaths) {
      if (isBlocked(ATTACKER)) break;
      requests++;
      send({ target, from: ATTACKER });
      clock.advance(200);
    }
    assert.ok(isBlocked(ATTACKER));
    assert.ok(requests <= 25, String(requests));
  });

  it('block a key guesser after five different keys, then for longer, then until lifted', () => {
    const guess = (from: number, to: number) => {
      for (let i = from; i < to; i++) send({ from: ATTACKER, headers: { authorization: `Bearer guess-${i}` } });
    };
    guess(0, 4);
    assert.ok(!isBlocked(ATTACKER));
    guess(4, 5);
    assert.equal(fixture.services.blocklist.find(ATTACKER)?.expiresAt, clock.now() + 30 * 60_000);
    guess(5, 10);
    assert.equal(fixture.services.blocklist.find(ATTACKER)?.expiresAt, clock.now() + 24 * 3600_000);
    guess(10, 20);
    assert.equal(fixture.services.blocklist.find(ATTACKER)?.expiresAt, undefined);
    assert.ok(isBlocked(ATTACKER));
  });

  it('let a success wipe out earlier failures', () => {
    for (let round = 0; round < 10; round++) {
      for (let i = 0; i < 4; i++) send({ from: OFFICE, headers: { authorization: `Bearer typo-${round}-${i}` } });
      assert.ok(send({ from: OFFICE, headers: key('ann') }).ok);
    }
    assert.ok(!isBlocked(OFFICE));
  });

  it('let a colleague with a key work on while his NAT neighbour is blocked', () => {
    for (const target of scannerPaths) send({ target, from: OFFICE });
    assert.ok(isBlocked(OFFICE));

    assert.ok(send({ method: 'POST', target: '/v1/chat/completions', from: OFFICE, headers: key('ann') }).ok);
    const stranger = send({ target: '/v1/models', from: OFFICE });
    assert.ok(!stranger.ok && stranger.refusal.code === 'address_blocked');
  });

  it('hold a block made by a person for valid keys, too', async () => {
    await fixture.services.blocklist.add({ range: OFFICE, rule: 'manual', reason: 'test' });
    const answer = send({ from: OFFICE, headers: key('ann') });
    assert.ok(!answer.ok && answer.refusal.rule === 'blocklist');
  });

  it('slow down ten colleagues behind one NAT instead of blocking them', () => {
    let limited = 0;
    for (let i = 0; i < 240; i++) {
      for (let person = 0; person < 10; person++) {
        const answer = send({
          method: 'POST',
          target: '/v1/chat/completions',
          from: OFFICE,
          headers: key(`p${person}`),
        });
        if (!answer.ok) {
          assert.equal(answer.refusal.code, 'rate_limited');
          assert.ok((answer.refusal.retryAfterSec ?? 0) >= 1);
          limited++;
        }
        clock.advance(25);
      }
    }
    assert.ok(limited > 0);
    assert.ok(!isBlocked(OFFICE));
  });

  it('answer a flood with 429 first and block it when it goes on', () => {
    const refusals: string[] = [];
    let blockedAfterMs: number | undefined;
    for (let ms = 0; ms < 60_000 && blockedAfterMs === undefined; ms += 5) {
      const answer = send({ from: ATTACKER, headers: ms % 10 === 0 ? {} : { authorization: 'Bearer wrong' } });
      if (!answer.ok) refusals.push(answer.refusal.code);
      if (isBlocked(ATTACKER)) blockedAfterMs = ms;
      clock.advance(5);
    }
    assert.ok(blockedAfterMs !== undefined && blockedAfterMs >= 8000, String(blockedAfterMs));
    assert.equal(fixture.services.blocklist.find(ATTACKER)?.rule, 'anomaly');
    assert.ok(refusals.includes('key_missing'));
  });

  it('answer a flood with a key with 429 and never block it on its rate alone', () => {
    let limited = 0;
    for (let ms = 0; ms < 60_000; ms += 5) {
      const answer = send({ from: OFFICE, headers: key('ann') });
      if (!answer.ok) {
        assert.equal(answer.refusal.code, 'rate_limited');
        limited++;
      }
      clock.advance(5);
    }
    assert.ok(limited > 1000);
    assert.ok(!isBlocked(OFFICE));
  });

  it('block slow-loris after a dozen held connections, and not a bad line after three', () => {
    const timeout = { type: 'malformed', address: ATTACKER, reason: 'ERR_HTTP_REQUEST_TIMEOUT' } as const;
    for (let i = 0; i < 3; i++) fixture.gate.report(timeout);
    assert.ok(!isBlocked(ATTACKER));
    for (let i = 0; i < 20; i++) fixture.gate.report(timeout);
    assert.ok(isBlocked(ATTACKER));
  });

  it('do not block a client that speaks TLS to a plain port', () => {
    for (let i = 0; i < 500; i++) {
      fixture.gate.report({ type: 'malformed', address: OFFICE, reason: 'HPE_INVALID_METHOD' });
      clock.advance(1000);
    }
    assert.ok(!isBlocked(OFFICE));
  });

  it('let a score fade: the same signs spread over hours block nobody', () => {
    for (const target of scannerPaths.filter((path) => path !== '/.env' && path !== '/admin')) {
      send({ target, from: ATTACKER });
      clock.advance(3_600_000);
    }
    assert.ok(!isBlocked(ATTACKER));
  });

  it('block for longer the second time', () => {
    for (const target of scannerPaths) send({ target, from: ATTACKER });
    const first = fixture.services.blocklist.find(ATTACKER);
    clock.advance(2 * 3_600_000);
    assert.ok(!isBlocked(ATTACKER));

    for (const target of scannerPaths) send({ target: `${target}?again`, from: ATTACKER });
    const second = fixture.services.blocklist.find(ATTACKER);

    assert.equal((first?.expiresAt ?? 0) - (first?.createdAt ?? 0), 3_600_000);
    assert.equal((second?.expiresAt ?? 0) - (second?.createdAt ?? 0), 24 * 3_600_000);
  });

  it('forget what was held against an address when its block is lifted', async () => {
    for (const target of scannerPaths) send({ target, from: ATTACKER });
    assert.ok(await fixture.services.unblock(ATTACKER));

    send({ target: '/other.php', from: ATTACKER });

    assert.ok(!isBlocked(ATTACKER));
  });

  it('block three different decoys, and not one decoy three times', () => {
    for (let i = 0; i < 5; i++) send({ target: '/.env', from: ATTACKER });
    assert.ok(!isBlocked(ATTACKER));
    send({ target: '/%61dmin/', from: ATTACKER });
    send({ target: '/WP-LOGIN.php', from: ATTACKER });
    assert.equal(fixture.services.blocklist.find(ATTACKER)?.rule, 'honeypot');
  });

  it('block the /56 of somebody who walks through his /64 networks', () => {
    for (let net = 0; net < 4; net++) {
      for (const target of scannerPaths) send({ target, from: `2001:db8:0:${net.toString(16)}::1` });
    }
    assert.ok(isBlocked('2001:db8:0:5::1'));
    assert.ok(!isBlocked('2001:db8:0:105::1'));
  });

  it('raise an alarm for a decoy key and open nothing', () => {
    const alerts: string[] = [];
    fixture.gate.onDidAlert(({ kind }) => void alerts.push(kind));
    const answer = send({ from: ATTACKER, headers: { authorization: 'Bearer decoy-1' } });
    assert.ok(!answer.ok && answer.refusal.code === 'key_invalid');
    assert.deepEqual(alerts, ['auth.decoy']);
  });

  it('let a stale bookmark of a PHP page pass, and block a search for web shells', () => {
    for (let i = 0; i < 5; i++) send({ target: `/shop/page${i}.php?id=${i}`, from: OFFICE });
    assert.ok(!fixture.detections.some(({ address }) => address === OFFICE));

    for (let i = 0; i < 60; i++) {
      send({ target: `/up/x${i}.php`, from: ATTACKER });
      clock.advance(300);
    }
    assert.ok(isBlocked(ATTACKER));
  });

  it('see the scanner in a stranger without a key', () => {
    const answer = send({ target: '/x?id=1%27%20union%20select%20a%20from%20b--', from: ATTACKER });
    assert.ok(!answer.ok && answer.refusal.code === 'key_missing');
    assert.ok(fixture.detections.some(({ signs }) => signs.some(({ category }) => category === 'sqli')));
  });
});

describe('observe mode', () => {
  it('records what it would do and refuses nobody', () => {
    const clock = new FakeClock();
    const { gate, services, events } = makeSecurity({ clock, policy: { mode: 'observe' } });

    for (const target of scannerPaths) gate.admit(makeFacts({ target, from: ATTACKER }));

    assert.equal(services.blocklist.list().length, 0);
    assert.ok(events.some(({ kind, observedOnly }) => kind === 'block.added' && observedOnly === true));
    assert.ok(gate.admit(makeFacts({ from: ATTACKER, headers: key('ann') })).ok);
    services.dispose();
  });

  it('is taken and left at run time', () => {
    const { gate, services } = makeSecurity({ clock: new FakeClock(), policy: { mode: 'auto' }, isLoopbackOnly: true });
    assert.equal(gate.mode, 'observe');
    gate.configure(services.gate.policy, false);
    assert.equal(gate.mode, 'enforce');
    services.dispose();
  });
});
