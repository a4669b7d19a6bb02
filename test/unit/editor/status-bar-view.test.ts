import assert from 'node:assert/strict';
import { reason } from '../../../src/core/reason';
import type { GatewayStatus } from '../../../src/editor/gateway-port';
import { statusBarLinks } from '../../../src/editor/status-bar-lines';
import { statusBarView } from '../../../src/editor/status-bar-view';
import { connected, english, makeEngine, makeProxy, makeSecurity, now } from './editor-facts';
import { quietSharing } from '../../helpers/quiet-sharing';
import { makeBlock } from './security-facts';
import { makeSharing } from './sharing-facts';

function view(status: GatewayStatus, isStartAsked = false, unseenBlocks = 0) {
  return statusBarView(english, status, now, isStartAsked, unseenBlocks);
}

describe('status bar', () => {
  it('shows that the proxy is off before anything was started', () => {
    const shown = view({ phase: 'idle' });

    assert.equal(shown.text, '$(broadcast) FLM');
    assert.equal(shown.severity, undefined);
    assert.equal(shown.command, 'flm.proxy.toggle');
  });

  it('shows the port while the proxy is on', () => {
    assert.equal(view(connected({ proxy: makeProxy() })).text, '$(broadcast) FLM :11435');
  });

  it('shows how many requests run', () => {
    assert.equal(view(connected({ proxy: makeProxy({ inFlight: 2 }) })).text, '$(broadcast) FLM :11435 ▸2');
  });

  it('turns while the proxy starts, and already when this window asked for it', () => {
    const starting = view(connected({ proxy: { phase: 'starting', inFlight: 0, requests: 0 } }));
    const asked = view({ phase: 'connecting' }, true);

    assert.equal(starting.text, '$(sync~spin) FLM');
    assert.equal(asked.text, '$(sync~spin) FLM');
  });

  it('does not turn while only the gateway starts', () => {
    assert.equal(view({ phase: 'connecting' }).text, '$(broadcast) FLM');
  });

  it('is red with the reason when the gateway failed', () => {
    const shown = view({ phase: 'failed', reason: reason('gateway.crashed', 'out of memory') });

    assert.equal(shown.text, '$(error) FLM');
    assert.equal(shown.severity, 'error');
    assert.match(shown.tooltip, /stopped unexpectedly: out of memory/);
  });

  it('is red with the reason when the proxy failed', () => {
    const notice = reason('proxy.noPort', 11435, 11455);
    const shown = view(connected({ proxy: { phase: 'failed', inFlight: 0, requests: 0, notice } }));

    assert.equal(shown.severity, 'error');
    assert.match(shown.tooltip, /No free port between 11435 and 11455/);
  });

  it('offers to reload the window when another runs a newer FLM', () => {
    const shown = view({ phase: 'incompatible', reason: reason('gateway.versionNewer', '0.2.0') });

    assert.equal(shown.severity, 'warning');
    assert.equal(shown.command, 'workbench.action.reloadWindow');
  });

  it('says who can reach the proxy', () => {
    assert.match(view(connected({ proxy: makeProxy() })).tooltip, /Only this machine can reach it/);
    const exposure = { scope: 'all', addresses: ['10.0.0.7'], because: ['settings'] } as const;
    assert.match(
      view(connected({ proxy: makeProxy(), sharing: { ...quietSharing, exposure } })).tooltip,
      /Other machines can reach it: it listens on 10\\\.0\\\.0\\\.7/,
    );
  });

  it('names the engines that run', () => {
    const engines = [makeEngine(), makeEngine({ id: 'x', name: 'off', state: 'installed', models: [] })];

    assert.match(view(connected({ proxy: makeProxy() }, engines)).tooltip, /1 engine · 1 model: Ollama/);
  });

  it('tells of a port other than the wanted one without alarm', () => {
    const shown = view(
      connected({ proxy: makeProxy({ port: 11436, notice: reason('proxy.portInUse', 11435, 11436) }) }),
    );

    assert.equal(shown.severity, undefined);
    assert.match(shown.tooltip, /in use by another program/);
  });

  it('turns to a warning after a block until somebody has looked', () => {
    const security = makeSecurity({ blocks: [makeBlock()] });
    const status = connected({ proxy: makeProxy(), security });

    const unseen = view(status, false, 1);
    assert.equal(unseen.text, '$(shield) FLM :11435 · 1 blocked');
    assert.equal(unseen.severity, 'warning');
    assert.match(unseen.accessibilityLabel, /, 1 blocked$/);
    assert.equal(view(status).text, '$(broadcast) FLM :11435');
  });

  it('shows who was blocked instead of stopping the proxy when clicked then', () => {
    assert.equal(view(connected({ proxy: makeProxy() }), false, 1).command, 'flm.blocks.show');
  });

  it('says how many keys there are, what happens to attacks, and how many are blocked', () => {
    const security = makeSecurity({ usableKeys: 2, mode: 'enforce', blocks: [makeBlock()] });

    assert.match(
      view(connected({ proxy: makeProxy(), security })).tooltip,
      /2 API keys · attacks are refused · 1 address blocked/,
    );
  });

  it('warns with the reason when records are not safely kept', () => {
    const security = makeSecurity({ storage: { kind: 'degraded', reason: reason('storage.diskFull') } });
    const shown = view(connected({ security }));

    assert.equal(shown.severity, 'warning');
    assert.match(shown.tooltip, /The disk is full/);
    assert.equal(shown.command, 'flm.proxy.toggle');
  });

  it('says what resource protection does', () => {
    const security = makeSecurity({ load: { throttle: 1 } });

    assert.match(view(connected({ proxy: makeProxy(), security })).tooltip, /requests wait in a queue/);
  });

  it('stays red when it failed, whoever is blocked', () => {
    const shown = view({ ...connected(), phase: 'failed', reason: reason('gateway.unreachable') }, false, 3);

    assert.equal(shown.severity, 'error');
    assert.equal(shown.text, '$(error) FLM');
  });

  it('links only to commands the tooltip is trusted for', () => {
    const statuses: GatewayStatus[] = [
      { phase: 'idle' },
      { phase: 'failed', reason: reason('gateway.unreachable') },
      { phase: 'incompatible' },
      connected({ proxy: makeProxy() }),
    ];
    const links = statuses.flatMap((status) => [...view(status).tooltip.matchAll(/\]\(command:([\w.]+)\)/g)]);

    assert.deepEqual(
      links.map((match) => match[1]!).filter((id) => !(statusBarLinks as readonly string[]).includes(id)),
      [],
    );
  });

  it('makes no link of an engine’s name', () => {
    const engine = makeEngine({ name: '[Stop](command:flm.proxy.toggle)' });

    assert.doesNotMatch(
      view(connected({ proxy: makeProxy() }, [engine])).tooltip,
      /Stop\]\(command:flm\.proxy\.toggle\).*Stop\]\(command:flm\.proxy\.toggle\)/s,
    );
  });

  it('has a sentence for screen readers in every state', () => {
    assert.equal(
      view(connected({ proxy: makeProxy({ inFlight: 1 }) })).accessibilityLabel,
      'FLM, The proxy is on. Port 11435, 1 request running.',
    );
  });

  it('shows that other machines can connect, how, and the ways to change it', () => {
    const shown = view(connected({ proxy: makeProxy(), sharing: makeSharing() }));

    assert.equal(shown.text, '$(radio-tower) FLM :11435');
    assert.equal(shown.severity, undefined);
    assert.match(shown.tooltip, /listens on 192\\\.168\\\.1\\\.20\..*encrypted.*\(command:flm\.exposure\.close\)/s);
    assert.match(shown.accessibilityLabel, /Other machines can connect$/);
  });

  it('warns while other machines connect without encryption', () => {
    const sharing = makeSharing({ tls: { mode: 'off', phase: 'off' } });
    const shown = view(connected({ proxy: makeProxy(), sharing }));

    assert.equal(shown.severity, 'warning');
    assert.match(shown.tooltip, /Other machines connect without encryption.*\(command:flm\.tls\.setUp\)/s);
  });

  it('says why it is narrower than wished', () => {
    const exposure = { ...quietSharing.exposure, notice: reason('exposure.needsKey') };
    const shown = view(connected({ proxy: makeProxy(), sharing: { ...quietSharing, exposure } }));

    assert.match(shown.tooltip, /needs a usable API key/);
  });
});
