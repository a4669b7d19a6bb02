import assert from 'node:assert/strict';
import { reason } from '../../../src/core/reason';
import type { GatewayStatus } from '../../../src/editor/gateway-port';
import { statusBarLinks, statusBarView } from '../../../src/editor/status-bar-view';
import { connected, english, makeEngine, makeProxy, now } from './editor-facts';

function view(status: GatewayStatus, isStartAsked = false) {
  return statusBarView(english, status, now, isStartAsked);
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
    assert.match(
      view(connected({ proxy: makeProxy({ host: '0.0.0.0' }) })).tooltip,
      /Other machines can reach it: it listens on 0\\\.0\\\.0\\\.0/,
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
});
