import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { leaveMs, OuterConnections } from '../../../../src/proxy/listeners/outer-connections';
import { FakeClock, settle } from '../../../helpers/fake-clock';

describe('connections from beyond this machine', () => {
  let clock: FakeClock;
  let busy: Set<Socket>;
  let told: string[];
  let connections: OuterConnections;

  beforeEach(() => {
    clock = new FakeClock();
    busy = new Set();
    told = [];
    connections = new OuterConnections({
      isBusy: (socket) => busy.has(socket),
      letLeave: () => told.push('last answer'),
      shutdown: () => told.push('shutdown'),
      clock,
    });
  });

  function connect(address: string, isTls = true, isBusy = false): Socket {
    const socket = new Socket();
    socket.destroySoon = () => void socket.destroy(); // a socket that never connected would wait for it
    connections.add(socket, address, isTls);
    if (isBusy) busy.add(socket);
    return socket;
  }

  it('end at once when their address is closed and they are idle', () => {
    const idle = connect('10.0.0.7');
    const other = connect('10.0.0.8');

    connections.leave('10.0.0.7');

    assert.deepEqual([idle.destroyed, other.destroyed], [true, false]);
  });

  it('end with the answer that still runs', () => {
    const socket = connect('10.0.0.7', true, true);
    connections.leave('10.0.0.7');
    assert.deepEqual([socket.destroyed, connections.isLeaving(socket), told], [false, true, ['last answer']]);

    busy.delete(socket);
    connections.settled(socket);

    assert.equal(socket.destroyed, true);
  });

  it('end after a while though their answer goes on: it gets to say why', () => {
    const socket = connect('10.0.0.7', true, true);
    connections.leave('10.0.0.7');

    clock.advance(leaveMs);
    assert.deepEqual([told, socket.destroyed], [['last answer', 'shutdown'], false]);
    clock.advance(1000);

    assert.equal(socket.destroyed, true);
  });

  it('stay when only those without TLS have to go', () => {
    const plain = connect('10.0.0.7', false);
    const secure = connect('10.0.0.7', true);

    connections.leave('10.0.0.7', true);

    assert.deepEqual([plain.destroyed, secure.destroyed], [true, false]);
  });

  it('are forgotten, with their timer, when they are gone', async () => {
    const socket = connect('10.0.0.7', true, true);
    connections.leave('10.0.0.7');

    socket.destroy();
    await settle();

    assert.deepEqual([connections.size, clock.pending, connections.has(socket)], [0, 0, false]);
  });
});
