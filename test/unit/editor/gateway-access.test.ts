import assert from 'node:assert/strict';
import type { AuditEvent } from '../../../src/core/audit';
import { Emitter } from '../../../src/core/emitter';
import { FlmError } from '../../../src/core/errors';
import { GatewayAccess } from '../../../src/editor/gateway-access';
import type { GatewayPort, GatewayStatus } from '../../../src/editor/gateway-port';
import { connected } from './editor-facts';

/** A connection whose status the test sets. */
class FakePort implements GatewayPort {
  readonly #changed = new Emitter<GatewayStatus>();
  readonly onDidChangeStatus = this.#changed.event;
  readonly securityEvents = new Emitter<AuditEvent>();
  readonly onDidSecurityEvent = this.securityEvents.event;
  readonly requests: string[] = [];
  status: GatewayStatus = { phase: 'connecting' };
  starts = 0;
  isClosed = false;

  start(): void {
    this.starts += 1;
  }

  request(name: string): Promise<never> {
    this.requests.push(name);
    return Promise.resolve(null as never);
  }

  set(status: GatewayStatus): void {
    this.status = status;
    this.#changed.fire(status);
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

function makeAccess() {
  const ports: FakePort[] = [];
  const access = new GatewayAccess(
    () => {
      const port = new FakePort();
      ports.push(port);
      return port;
    },
    (error) => {
      throw error;
    },
  );
  return { access, ports };
}

describe('access to the gateway', () => {
  it('opens nothing until something asks', () => {
    const { access, ports } = makeAccess();

    assert.deepEqual(access.status, { phase: 'idle' });
    assert.equal(ports.length, 0);
  });

  it('opens one connection however often it is asked', async () => {
    const { access, ports } = makeAccess();

    access.start();
    access.start();
    await access.request('diagnose', {});

    assert.equal(ports.length, 1);
    assert.equal(ports[0]!.starts, 1);
    assert.deepEqual(ports[0]!.requests, ['diagnose']);
  });

  it('tells that it is connecting, and then what it hears', () => {
    const { access, ports } = makeAccess();
    const phases: string[] = [];
    access.onDidChangeStatus(({ phase }) => phases.push(phase));

    access.start();
    ports[0]!.set(connected());

    assert.deepEqual(phases, ['connecting', 'connected']);
    assert.equal(access.status.phase, 'connected');
  });

  it('passes on security events, also to who listened before there was a connection', () => {
    const { access, ports } = makeAccess();
    const heard: AuditEvent[] = [];
    access.onDidSecurityEvent((event) => heard.push(event));
    const event: AuditEvent = { kind: 'auth.decoy', severity: 'critical', at: 1 };

    access.start();
    ports[0]!.securityEvents.fire(event);

    assert.deepEqual(heard, [event]);
  });

  it('closes its connection and opens none after that', async () => {
    const { access, ports } = makeAccess();
    access.start();

    await access.close();

    assert.ok(ports[0]!.isClosed);
    const { access: unused, ports: none } = makeAccess();
    await unused.close();
    await assert.rejects(unused.request('diagnose', {}), (error) => FlmError.is(error, 'gateway_stopping'));
    assert.equal(none.length, 0);
  });
});
