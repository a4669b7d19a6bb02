import assert from 'node:assert/strict';
import { Emitter } from '../../../../src/core/emitter';
import { reason } from '../../../../src/core/reason';
import { awaitExposure, exposureWaitMs, reopenWaitMs } from '../../../../src/editor/exposure/await-exposure';
import type { GatewayStatus } from '../../../../src/editor/gateway-port';
import type { ExposureState } from '../../../../src/protocol/sharing-rpc';
import { FakeClock } from '../../../helpers/fake-clock';
import { quietSharing } from '../../../helpers/quiet-sharing';
import { connected } from '../editor-facts';

const closed: ExposureState = { scope: 'machine', addresses: [], because: [] };
const open: ExposureState = { scope: 'all', addresses: ['192.168.1.20'], because: ['settings'] };
const status = (exposure: ExposureState) => connected({ sharing: { ...quietSharing, exposure } });

describe('waiting until what was agreed has happened', () => {
  let clock: FakeClock;
  let changes: Emitter<GatewayStatus>;
  let gateway: { status: GatewayStatus; onDidChangeStatus: Emitter<GatewayStatus>['event'] };
  const change = (exposure: ExposureState) => {
    gateway.status = status(exposure);
    changes.fire(gateway.status);
  };
  beforeEach(() => {
    clock = new FakeClock();
    changes = new Emitter();
    gateway = { status: status(closed), onDidChangeStatus: changes.event };
  });

  it('goes through the making of a certificate to the open proxy', async () => {
    const waiting = awaitExposure(gateway, clock, closed);
    change({ ...closed, notice: reason('exposure.certificatePreparing') });
    change(open);

    assert.equal(await waiting, open);
    assert.equal(clock.pending, 0);
  });

  it('ends when something stands against it', async () => {
    const waiting = awaitExposure(gateway, clock, closed);
    const refused = { ...closed, notice: reason('exposure.certificateFailed') };
    change(refused);

    assert.equal(await waiting, refused);
  });

  it('ends when it takes too long, and soon when it was open before', async () => {
    const long = awaitExposure(gateway, clock, closed);
    clock.advance(exposureWaitMs);
    assert.equal((await long)?.addresses.length, 0);

    gateway.status = status(open);
    const again = awaitExposure(gateway, clock, gateway.status.state?.sharing.exposure);
    clock.advance(reopenWaitMs);
    assert.equal((await again)?.addresses.length, 1);
  });
});
