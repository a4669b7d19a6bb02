import assert from 'node:assert/strict';
import { maxRowsPerAddress } from '../../../../src/security/gate/security-recorder';
import { FakeClock } from '../../../helpers/fake-clock';
import { makeFacts, makeSecurity, type SecurityFixture } from '../../../helpers/security-fixture';

/** A wrong key nobody has tried before. */
function guess({ gate }: SecurityFixture, index: number, from: string): void {
  gate.admit(makeFacts({ from, headers: { authorization: `Bearer wrong-${index}` } }));
}

const failures = ({ events }: SecurityFixture): number => events.filter(({ kind }) => kind === 'auth.failure').length;
const leftOut = ({ events }: SecurityFixture): number =>
  events.filter(({ rule }) => rule === 'anomaly.many-rows').length;

describe('rows of the audit log', () => {
  it('are not filled by a guesser who goes on while he is blocked', () => {
    const security = makeSecurity({ clock: new FakeClock() });
    for (let index = 0; index < 1_000; index++) guess(security, index, '203.0.113.7');

    assert.deepEqual([failures(security), leftOut(security)], [maxRowsPerAddress, 1]);
    security.services.dispose();
  });

  it('are not filled by one who walks through the addresses of his /64', () => {
    const security = makeSecurity({ clock: new FakeClock() });
    for (let index = 0; index < 1_000; index++) guess(security, index, `2001:db8::${index.toString(16)}`);

    assert.deepEqual([failures(security), leftOut(security)], [maxRowsPerAddress, 1]);
    security.services.dispose();
  });

  it('are not filled by a scanner who cannot be blocked', () => {
    const security = makeSecurity({ clock: new FakeClock(), policy: { mode: 'observe' } });
    for (let index = 0; index < 1_000; index++) {
      security.gate.admit(
        makeFacts({ target: `/x${index}?id=${index}%27%20union%20select%20password%20from%20users--` }),
      );
    }

    assert.ok(security.events.length < 2 * maxRowsPerAddress, String(security.events.length));
    security.services.dispose();
  });

  it('are written again ten minutes later, and about others all the time', () => {
    const clock = new FakeClock();
    const security = makeSecurity({ clock });
    for (let index = 0; index < 500; index++) guess(security, index, '203.0.113.7');
    guess(security, 0, '198.51.100.1');
    const before = failures(security);
    clock.advance(21 * 60_000);
    guess(security, 1_000, '203.0.113.7');

    assert.deepEqual([before, failures(security)], [maxRowsPerAddress + 1, maxRowsPerAddress + 2]);
    security.services.dispose();
  });

  it('tell of a decoy key whatever else the address has sent', () => {
    const security = makeSecurity({ clock: new FakeClock() });
    for (let index = 0; index < 500; index++) guess(security, index, '203.0.113.7');
    security.gate.admit(makeFacts({ headers: { authorization: 'Bearer decoy-1' } }));

    assert.ok(security.events.some(({ kind }) => kind === 'auth.decoy'));
    security.services.dispose();
  });
});
