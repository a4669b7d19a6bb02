import assert from 'node:assert/strict';
import { reason } from '../../../../src/core/reason';
import type { TlsState } from '../../../../src/core/tls';
import { sharingNotices } from '../../../../src/editor/alerts/sharing-notices';
import { quietSharing } from '../../../helpers/quiet-sharing';
import { english, now } from '../editor-facts';
import { dayMs, makeSharing, ready } from '../sharing-facts';

const told = (tls: TlsState) => sharingNotices(english, { ...quietSharing, tls }, now);
const byHand: TlsState = { mode: 'files', phase: 'ready', certificate: ready.certificate! };
const ending = (inDays: number, tls: TlsState = byHand): TlsState => ({
  ...tls,
  certificate: { ...ready.certificate!, notAfter: now + inDays * dayMs },
});

describe('notices about sharing', () => {
  it('are none while all is as it should be', () => {
    assert.deepEqual(sharingNotices(english, makeSharing(), now), []);
    assert.deepEqual(sharingNotices(english, quietSharing, now), []);
  });

  it('ask to look at settings that somebody widened, and offer to keep it closed', () => {
    const exposure = { ...quietSharing.exposure, unconfirmed: { scope: 'all' } } as const;
    const [notice] = sharingNotices(english, { ...quietSharing, exposure }, now);

    assert.deepEqual(
      notice!.actions.map(({ command }) => command),
      ['flm.exposure.change', 'flm.exposure.close'],
    );
    assert.equal(notice!.isWarning, false);
  });

  it('tell of another wish anew, and of the same one once', () => {
    const name = (addresses: string[]) => {
      const exposure = { ...quietSharing.exposure, unconfirmed: { scope: 'interfaces', addresses } } as const;
      return sharingNotices(english, { ...quietSharing, exposure }, now)[0]!.name;
    };

    assert.equal(name(['10.0.0.1']), name(['10.0.0.1']));
    assert.notEqual(name(['10.0.0.1']), name(['10.0.0.2']));
  });

  it('tell of the end of a certificate 30, 7 and 1 days ahead where nobody renews it', () => {
    assert.deepEqual(told(ending(31)), []);
    const names = [30, 20, 7, 3, 1, 0.5].map((days) => told(ending(days))[0]!.name.split(' ').at(-1));

    assert.deepEqual(names, ['30', '30', '7', '7', '1', '1']);
  });

  it('tell of one that FLM renews only when that did not work', () => {
    assert.deepEqual(told(ending(20, ready)), []);
    assert.equal(told(ending(6, ready)).length, 1);
  });

  it('tell of an ended certificate and of one that could not be had', () => {
    assert.match(told(ending(-1))[0]!.text, /ended on Nov 21/);
    const failed = told({ mode: 'acme', phase: 'failed', notice: reason('tls.failed', 'no [luck](command:x)') });
    assert.match(failed[0]!.text, /no \[luck\] \(command:x\)/);
  });
});
