import assert from 'node:assert/strict';
import fc from 'fast-check';
import { changedKeys, defaultConfig, isSameConfig, parseConfig } from '../../../src/core/config';
import { settingKeys } from '../../../src/core/config-schema';

describe('parseConfig', () => {
  it('gives every key its default when nothing is configured', () => {
    const { config, problems } = parseConfig(undefined);

    assert.deepEqual(problems, []);
    assert.equal(config['proxy.port'], 11435);
    assert.equal(config['proxy.exposure'], 'machine');
    assert.deepEqual(Object.keys(config).sort(), [...settingKeys].sort());
  });

  it('takes flat, prefixed and nested keys alike', () => {
    for (const raw of [
      { 'proxy.port': 2000 },
      { 'flm.proxy.port': 2000 },
      { proxy: { port: 2000 } },
      { flm: { proxy: { port: 2000 } } },
    ]) {
      const { config, problems } = parseConfig(raw);
      assert.equal(config['proxy.port'], 2000, JSON.stringify(raw));
      assert.deepEqual(problems, []);
    }
  });

  it('names a value that does not fit, uses its default and keeps the others', () => {
    const { config, problems } = parseConfig({ 'proxy.port': 70000, 'proxy.autoStart': true });

    assert.equal(config['proxy.port'], 11435);
    assert.equal(config['proxy.autoStart'], true);
    assert.equal(problems.length, 1);
    assert.equal(problems[0]?.key, 'flm.proxy.port');
    assert.match(problems[0].message, /65535/);
  });

  it('names keys that are no settings', () => {
    assert.deepEqual(
      parseConfig({ 'proxy.prot': 1, other: { deep: 1 } }).problems.map((problem) => problem.key),
      ['flm.proxy.prot', 'flm.other'],
    );
  });

  it('keeps a map-valued setting whole', () => {
    const { config, problems } = parseConfig({ proxy: { aliases: { 'gpt-4o': 'ollama/llama3.2:3b' } } });

    assert.deepEqual(problems, []);
    assert.deepEqual(config['proxy.aliases'], { 'gpt-4o': 'ollama/llama3.2:3b' });
  });

  it('never throws and always answers a whole configuration, whatever it is given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.dictionary(fc.constantFrom(...settingKeys), fc.anything())), (raw) => {
        const { config } = parseConfig(raw);
        assert.equal(Object.keys(config).length, settingKeys.length);
        assert.deepEqual(parseConfig(config).problems, []);
      }),
      { numRuns: 300 },
    );
  });
});

describe('comparing configurations', () => {
  it('takes equal values for no change and names keys that differ', () => {
    const other = parseConfig({ 'proxy.aliases': { a: 'b' }, 'proxy.port': 3000 }).config;

    assert.equal(isSameConfig(defaultConfig, parseConfig({}).config), true);
    assert.equal(isSameConfig(defaultConfig, other), false);
    assert.deepEqual(changedKeys(defaultConfig, other), ['proxy.port', 'proxy.aliases']);
  });
});
