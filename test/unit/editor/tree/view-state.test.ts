import assert from 'node:assert/strict';
import { reason } from '../../../../src/core/reason';
import { viewMessage, viewState } from '../../../../src/editor/tree/view-state';
import { connected, english, makeEngine, makeModel, makeOptions, makeState } from '../editor-facts';

const options = makeOptions();
const scanning = connected({ engines: { revision: 0, engines: [], isScanning: true } });

describe('what the view says without rows', () => {
  for (const [name, expected, actual] of [
    ['nothing was started', 'idle', viewState({ phase: 'idle' }, 0, options, true)],
    ['the gateway is starting', 'scanning', viewState({ phase: 'connecting' }, 0, options, true)],
    ['the first look is under way', 'scanning', viewState(scanning, 0, options, true)],
    ['no engine was found', 'empty', viewState(connected(), 0, options, true)],
    ['detection is off and nothing configured', 'detectOff', viewState(connected(), 0, options, false)],
    ['no model matches', 'noMatch', viewState(connected(), 0, makeOptions({ filter: 'x' }), true)],
    ['the gateway failed', 'failed', viewState({ phase: 'failed' }, 0, options, true)],
    ['another window runs a newer FLM', 'incompatible', viewState({ phase: 'incompatible' }, 3, options, true)],
    ['there are rows', 'ready', viewState(connected(), 1, options, true)],
    ['the gateway failed but its last rows are there', 'ready', viewState({ phase: 'failed' }, 1, options, true)],
  ] as const) {
    it(`is "${expected}" when ${name}`, () => {
      assert.equal(actual, expected);
    });
  }
});

describe('the line above the rows', () => {
  it('is absent when there is nothing to say', () => {
    assert.equal(viewMessage(english, connected(), options), undefined);
  });

  it('says how many models pass the filter', () => {
    const engine = makeEngine({ models: [makeModel({ id: 'llama' }), makeModel({ id: 'qwen' })] });

    assert.equal(
      viewMessage(english, connected({}, [engine]), makeOptions({ filter: 'llama' })),
      'Filter “llama”: 1 of 2 models',
    );
  });

  it('names the first setting that is not used', () => {
    const problems = [
      { key: 'flm.proxy.port', message: 'must be <= 65535' },
      { key: 'flm.x', message: 'is not a setting of FLM' },
    ];

    assert.equal(
      viewMessage(english, connected({ configProblems: problems }), options),
      'Setting flm.proxy.port is not used: must be <= 65535. 1 more in the log.',
    );
  });

  it('says why the rows are old when the gateway failed', () => {
    const status = { phase: 'failed', state: makeState(), reason: reason('gateway.unreachable') } as const;

    assert.equal(viewMessage(english, status, options), 'The gateway does not answer.');
  });
});
