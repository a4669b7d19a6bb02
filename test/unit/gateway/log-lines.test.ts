import assert from 'node:assert/strict';
import { createLineLogger, formatLine } from '../../../src/gateway/log-lines';

describe('log lines', () => {
  it('hold what is at least as grave as the level, which may change', () => {
    const lines: string[] = [];
    const logger = createLineLogger('warn', (level, line) => lines.push(`${level} ${line}`));

    logger.info('no');
    logger.warn('yes');
    logger.level = 'debug';
    logger.debug('now');

    assert.deepEqual(lines, ['warn yes', 'debug now']);
  });

  it('show facts as key=value', () => {
    assert.equal(formatLine('Done.', { n: 3, name: 'a b', none: undefined }, false), 'Done. n=3 name="a b"');
  });

  it('show an error by its message, and with its stack for those who debug', () => {
    const error = new Error('broken', { cause: new Error('deep') });

    assert.equal(formatLine('Failed.', { error }, false), 'Failed. error=broken (deep)');
    assert.match(formatLine('Failed.', { error }, true), /at .*log-lines/);
  });

  it('are one line each, whatever a stranger put into them', () => {
    const line = formatLine('a\nb', { path: '/x\r\n\u001b[31m2026 error forged' }, false);

    assert.doesNotMatch(line, /[\u0000-\u001f]/);
  });

  it('do not fail on what cannot be printed', () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;

    assert.equal(formatLine('x', { circle }, false), 'x circle=[unprintable]');
  });
});
