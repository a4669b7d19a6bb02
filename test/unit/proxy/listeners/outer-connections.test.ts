import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { leaveMs, OuterConnections } from '../../../../src/proxy/listeners/outer-connections';
import { maxConnections, maxConnectionsPerAddress } from '../../../../src/proxy/server-limits';
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

  describe('from one address', () => {
    const from = (peer: string): Socket => Object.defineProperty(new Socket(), 'remoteAddress', { value: peer });
    const fill = (peers: (n: number) => string, count: number): Socket[] =>
      Array.from({ length: count }, (_, n) => {
        const socket = from(peers(n));
        connections.add(socket, '10.0.0.7', false);
        return socket;
      });

    it('are so many at most, that others find room', () => {
      fill(() => '::ffff:203.0.113.9', maxConnectionsPerAddress);

      assert.equal(connections.hasRoomFor(from('203.0.113.9')), false);
      assert.equal(connections.hasRoomFor(from('203.0.113.10')), true);
    });

    it('count together with all of its /64', () => {
      fill((n) => `2001:db8::${n.toString(16)}`, maxConnectionsPerAddress);

      assert.equal(connections.hasRoomFor(from('2001:db8::ffff:1')), false);
      assert.equal(connections.hasRoomFor(from('2001:db8:0:1::1')), true);
    });

    it('make room when they end', async () => {
      const [first] = fill(() => '203.0.113.9', maxConnectionsPerAddress);
      first?.destroy();
      await settle();

      assert.equal(connections.hasRoomFor(from('203.0.113.9')), true);
    });

    it('are none beyond what the server takes from all together, those that shake hands included', () => {
      fill((n) => `203.0.${n >> 8}.${n & 255}`, 10);

      assert.equal(connections.hasRoomFor(from('198.51.100.1'), maxConnections - 11), true);
      assert.equal(connections.hasRoomFor(from('198.51.100.1'), maxConnections - 10), false);
    });
  });
});
