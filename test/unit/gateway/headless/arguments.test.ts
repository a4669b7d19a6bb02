import assert from 'node:assert/strict';
import { parseArguments } from '../../../../src/gateway/headless/arguments';

describe('command line of the headless gateway', () => {
  it('is empty by default', () => {
    assert.deepEqual(parseArguments([]), { type: 'run', arguments: {} });
  });

  it('takes all options, with a space or an equals sign', () => {
    const args = ['--config', 'a.json', '--data-dir=/d', '--port', '0', '--expose', 'all', '--log-level', 'debug'];

    assert.deepEqual(parseArguments(args), {
      type: 'run',
      arguments: { config: 'a.json', dataDir: '/d', port: 0, expose: { scope: 'all' }, logLevel: 'debug' },
    });
  });

  it('takes addresses and interfaces to be reachable on', () => {
    assert.deepEqual(parseArguments(['--expose', '192.168.1.20, eth0,']), {
      type: 'run',
      arguments: { expose: { scope: 'interfaces', addresses: ['192.168.1.20', 'eth0'] } },
    });
  });

  it('answers --help and -h before anything else', () => {
    assert.equal(parseArguments(['--port', 'x', '--help']).type, 'help');
    assert.equal(parseArguments(['-h']).type, 'help');
  });

  it('answers --version', () => {
    assert.equal(parseArguments(['--version']).type, 'version');
  });

  for (const [args, expected] of [
    [['--colour', 'red'], /--colour/],
    [['file.json'], /file\.json/],
    [['--port'], /port/],
    [['--port', '65536'], /--port must be a number from 0 to 65535, not "65536"/],
    [['--port', '1e3'], /--port must be/],
    [['--port='], /--port needs a value/],
    [['--config', ' '], /--config needs a value/],
    [['--log-level', 'loud'], /--log-level must be one of trace, debug, info, warn, error, not "loud"/],
  ] as const) {
    it(`names what is wrong with ${args.join(' ')}`, () => {
      const parsed = parseArguments(args);

      assert.ok(parsed.type === 'error');
      assert.match(parsed.message, expected);
    });
  }
});
