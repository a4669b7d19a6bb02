import assert from 'node:assert/strict';
import { reason } from '../../../../src/core/reason';
import { engineTooltip, modelTooltip } from '../../../../src/editor/tree/tooltips';
import { english, makeEngine, makeModel, now } from '../editor-facts';

const hostile = '<img src=x onerror=alert(1)> [a](command:b) ![](http://evil/x.png) | `c` http://evil';

describe('tooltips', () => {
  it('of a configured engine name the place of its setting once', () => {
    const engine = makeEngine({ source: 'configured', sourceDetail: 'flm.engines.addresses[3]' });

    assert.match(engineTooltip(english, engine, now), /\| Found by \| setting flm\\\.engines\\\.addresses\\\[3\\\] \|/);
  });

  it('of a model are a table of what is known', () => {
    const model = makeModel({ parameters: '3.2B', sizeBytes: 2_019_393_189, contextMax: 131072 });
    const page = modelTooltip(english, makeEngine(), model, now);

    assert.match(page, /\| ID to use \| ollama\\\/llama3\\\.2\\:3b \|/);
    assert.match(page, /\| Size \| 2\.0 GB \|/);
    assert.match(page, /\| Context, made for \| 128k \(131,072 tokens\) \|/);
    assert.doesNotMatch(page, /Quantization/);
  });

  it('of a model warn when less context is loaded than it was made for', () => {
    const cut = makeModel({ contextLoaded: 8192, contextMax: 131072 });

    assert.match(modelTooltip(english, makeEngine(), cut, now), /less context than it was made for/);
    assert.doesNotMatch(modelTooltip(english, makeEngine(), makeModel(), now), /less context/);
  });

  for (const [from, says] of [
    ['parameters', '8k'],
    ['others', '8k, as other models of this engine'],
    ['default', 'at most 128k; 8k assumed until it is loaded'],
  ] as const) {
    it(`of a model that is not loaded say what it will be loaded with (${from})`, () => {
      const model = makeModel({ contextMax: 131_072, contextExpected: { tokens: 8192, from } });

      assert.ok(modelTooltip(english, makeEngine(), model, now).includes(`| Context, when loaded | ${says} |`));
      const loaded = { ...model, contextLoaded: 16_384 };
      assert.doesNotMatch(modelTooltip(english, makeEngine(), loaded, now), /when loaded/);
    });
  }

  it('of a model tell what only the settings say it can do', () => {
    const model = makeModel({ capabilities: ['chat', 'vision', 'tools'], declared: ['tools'] });

    assert.match(
      modelTooltip(english, makeEngine(), model, now),
      /\| Capabilities \| chat, vision, tools \(by the settings\) \|/,
    );
  });

  it('of a loaded model tell when it will be unloaded', () => {
    const model = makeModel({ isLoaded: true, expiresAt: now + 240_000 });

    assert.match(modelTooltip(english, makeEngine(), model, now), /\| Loaded \| yes, unloaded in 4 min when unused \|/);
  });

  it('of an engine say why it is in its state', () => {
    const engine = makeEngine({ state: 'needs-key', reason: reason('engine.needsKey', 401) });

    assert.match(engineTooltip(english, engine, now), /Asks for an API key \(HTTP 401\)\./);
  });

  it('of an engine say when prompts leave the machine', () => {
    assert.match(engineTooltip(english, makeEngine({ isRemote: true }), now), /prompts leave it over the network/);
  });

  it('show what an engine wrote as text: no link, image, HTML, code or further column', () => {
    const engine = makeEngine({
      name: hostile,
      version: hostile,
      sourceDetail: hostile,
      state: 'api-error',
      reason: reason('engine.redirect', hostile),
      startCommand: hostile,
    });
    const model = makeModel({ id: hostile, parameters: hostile, family: hostile, aliases: [hostile], parent: hostile });

    for (const page of [engineTooltip(english, engine, now), modelTooltip(english, engine, model, now)]) {
      assert.doesNotMatch(page, /(?<!\\)[<>`[\]!]|(?<!\\):\/|\]\(/);
      const rows = page.split('\n').filter((line) => line.startsWith('|'));
      for (const row of rows) assert.equal(row.replace(/\\\|/g, '').split('|').length, 4, row);
    }
  });
});
