import assert from 'node:assert/strict';
import { FakeClock } from '../../helpers/fake-clock';
import { makeFacts, makeSecurity, type SecurityFixture } from '../../helpers/security-fixture';

const SCANNER = '198.51.100.66';

describe('a request by a foreign host name', () => {
  let fixture: SecurityFixture;

  beforeEach(() => {
    fixture = makeSecurity({ clock: new FakeClock() });
  });
  afterEach(() => fixture.services.dispose());

  const ask = (host: string, target: string, method = 'GET', headers: Record<string, string> = {}) =>
    fixture.gate.admit(makeFacts({ method, target, from: SCANNER, headers: { host, ...headers } }));

  it('is scored like any other when it is a scan', () => {
    for (const target of ['/.env', '/wp-admin', '/.git/config']) ask('shop.example', target);

    assert.ok(fixture.services.blocklist.find(SCANNER));
  });

  it('gains nothing for the name alone', () => {
    for (const host of ['my-laptop.local:8080', 'gateway', 'xn--bcher-kva.example', 'shop.example.', 'a_b.example'])
      ask(host, '/v1/models');

    assert.deepEqual(fixture.detections, []);
  });

  it('gains nothing for a preflight', () => {
    ask('shop.example', '/v1/chat/completions', 'OPTIONS', {
      origin: 'https://shop.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,x-stainless-lang',
    });

    assert.deepEqual(fixture.detections, []);
  });
});
