import assert from 'node:assert/strict';
import { reason } from '../../../../src/core/reason';
import { exposureNodes } from '../../../../src/editor/tree/exposure-nodes';
import { quietSharing } from '../../../helpers/quiet-sharing';
import { english, now } from '../editor-facts';
import { makeFinding, makeReport, makeSharing, ready } from '../sharing-facts';

describe('rows of exposure, certificate and check-up', () => {
  it('are none while nothing is shared', () => {
    assert.deepEqual(exposureNodes(english, quietSharing), []);
  });

  it('show where others can connect, how, and until when', () => {
    const exposure = { scope: 'interfaces', addresses: ['192.168.1.20'], because: ['timer'], until: now } as const;
    const [row] = exposureNodes(english, makeSharing({ exposure }));

    assert.equal(row!.label, 'Other machines can connect');
    assert.match(row!.description!, /^192\.168\.1\.20 · encrypted · until Nov 22, 2026/);
    assert.equal(row!.contextValue, ';exposure;open;');
    assert.equal(row!.icon.id, 'radio-tower');
  });

  it('warn when the connection is not encrypted', () => {
    const [row] = exposureNodes(english, makeSharing({ tls: { mode: 'off', phase: 'off' } }));

    assert.match(row!.description!, /not encrypted/);
    assert.deepEqual(row!.icon, { id: 'unlock', color: 'list.warningForeground' });
  });

  it('ask for what waits to be confirmed, and say why it is narrower than wished', () => {
    const closed = { scope: 'machine', addresses: [], because: [] } as const;
    const [unconfirmed] = exposureNodes(english, {
      ...quietSharing,
      exposure: { ...closed, unconfirmed: { scope: 'all' } },
    });
    const [narrower] = exposureNodes(english, {
      ...quietSharing,
      exposure: { ...closed, notice: reason('exposure.needsKey') },
    });

    assert.equal(unconfirmed!.command, 'flm.exposure.change');
    assert.match(narrower!.description!, /needs a usable API key/);
  });

  it('show the certificate with its end, and its trouble', () => {
    const row = (tls: typeof ready) => exposureNodes(english, { ...quietSharing, tls })[0]!;

    assert.match(row(ready).description!, /^encrypted · until .+ · renewed on /);
    assert.equal(row(ready).contextValue, ';certificate;self-signed;');
    const failed = row({ mode: 'acme', phase: 'failed', notice: reason('tls.failed', 'no luck') });
    assert.match(failed.description!, /no usable certificate · .*no luck/);
    assert.equal(failed.icon.id, 'warning');
  });

  it('lead to what the last check-up found', () => {
    const rows = (checkup: ReturnType<typeof makeReport>) => exposureNodes(english, { ...quietSharing, checkup });

    assert.deepEqual(rows(makeReport({ findings: [] })), []);
    assert.equal(rows(makeReport())[0]!.command, 'flm.checkup.show');
    assert.equal(rows(makeReport())[0]!.icon.id, 'error');
    assert.equal(rows(makeReport({ findings: [makeFinding({ severity: 'low' })] }))[0]!.icon.id, 'checklist');
  });
});
