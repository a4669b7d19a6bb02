import assert from 'node:assert/strict';
import { Emitter } from '../../../../src/core/emitter';
import { reason } from '../../../../src/core/reason';
import type { TlsState } from '../../../../src/core/tls';
import { awaitCertificate, certificateWaitMs } from '../../../../src/editor/shares/await-tls';
import type { GatewayStatus } from '../../../../src/editor/gateway-port';
import { FakeClock } from '../../../helpers/fake-clock';
import { quietSharing } from '../../../helpers/quiet-sharing';
import { connected, english } from '../editor-facts';

describe('waiting for a certificate', () => {
  let clock: FakeClock;
  let changes: Emitter<GatewayStatus>;
  let gateway: { status: GatewayStatus; onDidChangeStatus: Emitter<GatewayStatus>['event'] };
  const tls = (state: TlsState) => connected({ sharing: { ...quietSharing, tls: state } });
  beforeEach(() => {
    clock = new FakeClock();
    changes = new Emitter();
    gateway = { status: tls({ mode: 'self-signed', phase: 'preparing' }), onDidChangeStatus: changes.event };
  });

  it('ends when there is one', async () => {
    const waiting = awaitCertificate(gateway, clock, english);
    changes.fire(tls({ mode: 'self-signed', phase: 'ready' }));

    await waiting;

    assert.equal(clock.pending, 0);
  });

  it('ends at once when there is one already', async () => {
    gateway.status = tls({ mode: 'self-signed', phase: 'ready' });

    await awaitCertificate(gateway, clock, english);
  });

  it('says why there is none', async () => {
    const waiting = awaitCertificate(gateway, clock, english);
    const notice = reason('storage.writeFailed', '/data', 'ENOSPC');
    changes.fire(tls({ mode: 'self-signed', phase: 'failed', notice }));

    await assert.rejects(waiting, /nothing was shared\. Writing to \/data failed \(ENOSPC\)/);
  });

  it('does not wait for ever', async () => {
    const waiting = awaitCertificate(gateway, clock, english);
    clock.advance(certificateWaitMs);

    await assert.rejects(waiting, /too long/);
  });
});
