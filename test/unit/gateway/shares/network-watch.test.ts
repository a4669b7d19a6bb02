import assert from 'node:assert/strict';
import { NetworkWatch, networkLookMs } from '../../../../src/gateway/shares/network-watch';
import type { MachineAddress } from '../../../../src/core/exposure';
import { FakeClock } from '../../../helpers/fake-clock';
import { makeAddress, wifi } from './support';

describe('the watch on networks', () => {
  let clock: FakeClock;
  let machine: readonly MachineAddress[];
  let watch: NetworkWatch;
  let told: number;
  beforeEach(() => {
    clock = new FakeClock();
    machine = [wifi];
    told = 0;
    watch = new NetworkWatch(() => machine, clock);
    watch.onDidChange(() => told++);
  });

  it('tells of a change within seconds, once', () => {
    watch.watch(true);
    clock.advance(networkLookMs);
    assert.equal(told, 0);

    machine = [makeAddress('10.0.0.2', '10.0.0.0/8')];
    clock.advance(3 * networkLookMs);

    assert.equal(told, 1);
  });

  it('looks only while somebody needs it', () => {
    watch.watch(true);
    watch.watch(true);
    assert.equal(clock.pending, 1);

    watch.watch(false);

    assert.equal(clock.pending, 0);
  });
});
