import assert from 'node:assert/strict';
import type { AuditEvent } from '../../../../src/core/audit';
import { Emitter } from '../../../../src/core/emitter';
import { FlmError } from '../../../../src/core/errors';
import { silentLogger } from '../../../../src/core/logger';
import type { GatewayStatus } from '../../../../src/editor/gateway-port';
import type { PanelGateway } from '../../../../src/editor/panel/panel-gateway';
import type { PanelServices } from '../../../../src/editor/panel/panel-services';
import { PanelSession } from '../../../../src/editor/panel/panel-session';
import type { ToPanel } from '../../../../src/protocol/panel-messages';
import { connected, english, makeProxy } from '../editor-facts';

const event: AuditEvent = { kind: 'auth.decoy', severity: 'critical', at: 1 };

function makeSession(answers: Readonly<Record<string, unknown>> = {}, services: Partial<PanelServices> = {}) {
  const changes = new Emitter<GatewayStatus>();
  const events = new Emitter<AuditEvent>();
  const posted: ToPanel[] = [];
  const asked: unknown[] = [];
  const written: string[][] = [];
  const ran: [string, string | undefined][] = [];
  let status: GatewayStatus = connected({ proxy: makeProxy() });
  const gateway: PanelGateway = {
    get status() {
      return status;
    },
    onDidChangeStatus: changes.event,
    onDidSecurityEvent: events.event,
    start: () => asked.push('start'),
    request: async (name, params) => {
      asked.push([name, params]);
      if (!(name in answers)) throw new FlmError('not_found', 'unknown');
      return answers[name] as never;
    },
  };
  const session = new PanelSession({
    gateway,
    l10n: english,
    log: silentLogger,
    post: (message) => posted.push(message),
    services: {
      copy: async () => undefined,
      askWhereToSave: async (name) => `/home/me/${name}`,
      askForText: async () => 'text',
      write: async (path, text) => void written.push([path, text]),
      openInEditor: async () => undefined,
      run: async (command, share) => void ran.push([command, share]),
      requireTrust: () => undefined,
      ...services,
    },
  });
  const setStatus = (next: GatewayStatus): void => {
    status = next;
    changes.fire(next);
  };
  return { session, posted, asked, written, ran, setStatus, emit: (value: AuditEvent) => events.fire(value) };
}

const request = (name: string, params: unknown = {}): unknown => ({ type: 'request', id: 7, name, params });

describe('session of the panel', () => {
  it('starts the gateway and says nothing until the page is ready', async () => {
    const { session, posted, asked, setStatus, emit } = makeSession();

    session.start();
    setStatus(connected());
    emit(event);

    assert.deepEqual(asked, ['start']);
    assert.equal(posted.length, 0);
    await session.receive({ type: 'ready' });
    assert.equal(posted[0]?.type, 'state');
  });

  it('sends changes after the whole state, and nothing where nothing changed', async () => {
    const { session, posted, setStatus } = makeSession();
    session.start();
    await session.receive({ type: 'ready' });

    setStatus(connected({ proxy: makeProxy() }));
    setStatus(connected({ proxy: makeProxy({ inFlight: 3 }) }));

    assert.deepEqual(
      posted.map(({ type }) => type),
      ['state', 'change'],
    );
  });

  it('tells a hidden page nothing, and everything when it is shown again', async () => {
    const { session, posted, setStatus, emit } = makeSession();
    session.start();
    await session.receive({ type: 'ready' });
    session.setVisible(false);
    posted.length = 0;

    setStatus(connected());
    emit(event);
    assert.deepEqual(posted, []);
    session.setVisible(true);

    assert.deepEqual(
      posted.map(({ type }) => type),
      ['visible', 'state'],
    );
  });

  it('passes requests on and answers with their id', async () => {
    const { session, posted, asked } = makeSession({ 'keys/list': [] });

    await session.receive(request('keys/list'));

    assert.deepEqual(asked, [['keys/list', {}]]);
    assert.deepEqual(posted, [{ type: 'answer', id: 7, ok: true, result: [] }]);
  });

  it('answers a request that fails with its code', async () => {
    const { session, posted } = makeSession();

    await session.receive(request('policy/rehearse', { policy: {} }));

    const [answer] = posted;
    assert.ok(answer?.type === 'answer' && !answer.ok);
    assert.equal(answer.error.code, 'not_found');
  });

  it('refuses what is no message, and answers it if it has an id', async () => {
    const { session, posted, asked } = makeSession();

    await session.receive('rubbish');
    await session.receive(request('config/set', { settings: { 'flm.proxy.exposure': 'all' } }));

    assert.deepEqual(asked, []);
    assert.equal(posted.length, 1);
  });

  it('writes an export where the user wants it', async () => {
    const { session, posted, written } = makeSession({ 'blocks/export': { text: '203.0.113.9\n' } });

    await session.receive(request('host/exportBlocks', { format: 'plain' }));

    assert.deepEqual(written, [['/home/me/flm-blocklist.txt', '203.0.113.9\n']]);
    assert.deepEqual(posted, [{ type: 'answer', id: 7, ok: true, result: { file: '/home/me/flm-blocklist.txt' } }]);
  });

  it('answers a closed dialog as cancelled, without a message', async () => {
    const { session, posted, asked } = makeSession({}, { askForText: async () => undefined });

    await session.receive(request('host/importBlocks'));

    assert.deepEqual(asked, []);
    assert.deepEqual(posted, [{ type: 'answer', id: 7, ok: false, error: { code: 'cancelled', message: '' } }]);
  });

  it('shows a wanted tab once the page is there', async () => {
    const { session, posted } = makeSession();
    session.show('keys');

    await session.receive({ type: 'ready' });

    assert.deepEqual(posted[1], { type: 'show', tab: 'keys' });
  });

  it('narrows but does not widen in a workspace nobody trusts', async () => {
    const answers = {
      'exposure/close': {},
      'shares/end': {},
      'keys/revoke': null,
      'blocks/add': {},
      'shares/rotate': {},
    };
    const requireTrust = () => {
      throw new FlmError('invalid_request', 'not trusted');
    };
    const { session, posted, asked } = makeSession(answers, { requireTrust });
    const narrowing = [
      request('exposure/close'),
      request('shares/end', { id: 'share_1' }),
      request('keys/revoke', { id: 'k1' }),
      request('blocks/add', { range: '203.0.113.9' }),
    ];

    for (const message of narrowing) await session.receive(message);
    await session.receive(request('shares/rotate', { id: 'share_1', graceMinutes: 0 }));
    await session.receive(request('shares/change', { id: 'share_1', expiresAt: null }));

    assert.deepEqual(
      posted.map((message) => message.type === 'answer' && message.ok),
      [true, true, true, true, false, false],
    );
    assert.equal(asked.length, 4);
  });

  it('is silent once it is closed', async () => {
    const { session, posted, setStatus } = makeSession({ 'keys/list': [] });
    session.start();
    await session.receive({ type: 'ready' });
    posted.length = 0;
    session.dispose();

    setStatus(connected());
    await session.receive(request('keys/list'));

    assert.deepEqual(posted, []);
  });

  it('starts the commands that ask for more than a page may', async () => {
    const { session, ran, posted } = makeSession();

    await session.receive(request('host/run', { command: 'share.change', share: 'share_abc' }));
    await session.receive(request('host/run', { command: 'tls.revoke' }));
    await session.receive(request('host/run', { command: 'keys.revoke' }));

    assert.deepEqual(ran, [
      ['share.change', 'share_abc'],
      ['tls.revoke', undefined],
    ]);
    assert.equal((posted.at(-1) as { ok?: boolean }).ok, false);
  });
});
