import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { defaultDataDir } from '../../../../src/gateway/headless/data-dir';

describe('default data folder', () => {
  for (const [platform, env, expected] of [
    ['linux', {}, join('/home/u', '.local', 'share', 'flm')],
    ['linux', { XDG_DATA_HOME: '/data' }, join('/data', 'flm')],
    ['linux', { XDG_DATA_HOME: 'relative' }, join('/home/u', '.local', 'share', 'flm')],
    ['darwin', {}, join('/home/u', 'Library', 'Application Support', 'flm')],
    ['win32', { LOCALAPPDATA: 'L' }, join('L', 'flm')],
    ['win32', {}, join('/home/u', 'AppData', 'Local', 'flm')],
    ['linux', { FLM_DATA_DIR: '/mine', XDG_DATA_HOME: '/data' }, resolve('/mine')],
  ] as const) {
    it(`on ${platform} with ${JSON.stringify(env)} is ${expected}`, () => {
      assert.equal(defaultDataDir(platform, env, '/home/u'), expected);
    });
  }
});
