import assert from 'node:assert/strict';
import { Emitter } from '../../../../src/core/emitter';
import { FlmError } from '../../../../src/core/errors';
import { silentLogger } from '../../../../src/core/logger';
import type { CertificateKeeper, TlsPolicy, TlsState } from '../../../../src/core/tls';
import { Certificates } from '../../../../src/gateway/exposure/certificates';
import { settle } from '../../../helpers/fake-clock';

class FakeKeeper implements CertificateKeeper {
  readonly changes = new Emitter<void>();
  readonly calls: (readonly [string, TlsPolicy['mode'], readonly string[]])[] = [];
  state: TlsState = { mode: 'self-signed', phase: 'preparing' };
  pem: string | undefined;
  isStopped = false;

  material = () => (this.state.phase === 'ready' ? { cert: 'cert', key: 'key' } : undefined);
  caCertificate = () => this.pem;
  onDidChange = (listener: () => void) => this.changes.event(listener);
  start(policy: TlsPolicy, names: readonly string[]): Promise<void> {
    this.calls.push(['start', policy.mode, names]);
    return Promise.resolve();
  }
  configure(policy: TlsPolicy, names: readonly string[]): Promise<void> {
    this.calls.push(['configure', policy.mode, names]);
    return Promise.resolve();
  }
  renew(): Promise<void> {
    this.calls.push(['renew', this.state.mode, []]);
    return Promise.resolve();
  }
  revoke(): Promise<void> {
    this.calls.push(['revoke', this.state.mode, []]);
    return Promise.resolve();
  }
  stop(): Promise<void> {
    this.isStopped = true;
    return Promise.resolve();
  }
}

describe('certificates of the gateway', () => {
  let keeper: FakeKeeper;
  let loads: number;
  let failure: Error | undefined;
  let certificates: Certificates;

  beforeEach(() => {
    keeper = new FakeKeeper();
    loads = 0;
    failure = undefined;
    certificates = new Certificates(() => {
      loads++;
      return failure === undefined ? Promise.resolve(keeper) : Promise.reject(failure);
    }, silentLogger);
  });

  it('load nothing while no TLS is wanted', async () => {
    certificates.configure({ mode: 'off', plainHttp: true }, ['desk']);
    await settle();

    assert.deepEqual([loads, certificates.state.phase, certificates.material()], [0, 'off', undefined]);
  });

  it('are being made from the moment they are wanted, with what is wanted by then', async () => {
    certificates.configure({ mode: 'self-signed' }, ['desk']);
    assert.equal(certificates.state.phase, 'preparing');
    certificates.configure({ mode: 'self-signed' }, ['desk', '10.0.0.7']);
    await settle();

    assert.equal(loads, 1);
    assert.deepEqual(keeper.calls, [['start', 'self-signed', ['desk', '10.0.0.7']]]);
  });

  it('follow policy and names; what is the same is no change', async () => {
    certificates.configure({ mode: 'self-signed' }, ['desk']);
    await settle();
    certificates.configure({ mode: 'self-signed' }, ['desk']);
    certificates.configure({ mode: 'self-signed' }, ['desk', '10.0.0.7']);
    certificates.configure({ mode: 'off' }, ['desk']);

    assert.deepEqual(keeper.calls.slice(1), [
      ['configure', 'self-signed', ['desk', '10.0.0.7']],
      ['configure', 'off', ['desk']],
    ]);
  });

  it('have failed when their part cannot be loaded, and are tried again with the next change', async () => {
    failure = new Error('no such file');
    certificates.configure({ mode: 'self-signed' }, ['desk']);
    await settle();
    assert.deepEqual([certificates.state.phase, certificates.state.notice?.code], ['failed', 'tls.notLoaded']);

    failure = undefined;
    certificates.configure({ mode: 'self-signed' }, ['desk', '10.0.0.7']);
    await settle();

    assert.equal(certificates.state, keeper.state);
  });

  it('know no local CA before there is one', async () => {
    certificates.configure({ mode: 'self-signed' }, []);
    await settle();
    assert.throws(
      () => certificates.ca(),
      (error) => FlmError.is(error, 'not_found'),
    );

    keeper.pem = 'PEM';
    keeper.state = { ...keeper.state, caFile: '/ca.crt' };

    assert.deepEqual(certificates.ca(), { pem: 'PEM', file: '/ca.crt' });
  });

  it('are revoked where a CA can be told, and refused where there is none', async () => {
    certificates.configure({ mode: 'self-signed' }, []);
    await settle();
    await assert.rejects(certificates.revoke(), (error) => FlmError.is(error, 'invalid_request'));

    keeper.state = { mode: 'acme', phase: 'ready' };

    assert.equal(await certificates.revoke(), keeper.state);
    assert.deepEqual(keeper.calls.slice(1), [['revoke', 'acme', []]]);
  });

  it('end with the gateway, also while they are loaded', async () => {
    certificates.configure({ mode: 'self-signed' }, []);
    await certificates.stop();
    await settle();

    assert.deepEqual(keeper.calls, []);
  });
});
