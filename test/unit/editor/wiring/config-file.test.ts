import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FlmError } from '../../../../src/core/errors';
import { readConfigFile, undoFileChange, writeConfigFile } from '../../../../src/editor/wiring/config-file';

const at = Date.UTC(2026, 10, 22, 9, 15, 30, 123);

describe("other tools' files", () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flm-config-'));
    file = join(folder, 'config.yaml');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are read as text, or as nothing where there is no file', async () => {
    assert.equal(await readConfigFile(file), undefined);
    await writeFile(file, '\uFEFFa: 1');
    assert.equal(await readConfigFile(file), '\uFEFFa: 1');
  });

  it('are not read when they are no text', async () => {
    await writeFile(file, Buffer.from([0xff, 0xfe, 0x00]));

    await assert.rejects(readConfigFile(file), (error) => FlmError.is(error, 'config_invalid'));
  });

  it('are copied before they are changed', async () => {
    await writeFile(file, 'before');

    const change = await writeConfigFile(file, 'after', 'before', at);

    assert.equal(await readFile(file, 'utf8'), 'after');
    assert.deepEqual((await readdir(folder)).sort(), ['config.yaml', 'config.yaml.flm-backup-20261122T091530123Z']);
    assert.equal(await readFile(change.backup!, 'utf8'), 'before');
  });

  it('are made with their folder', async () => {
    const nested = join(folder, '.continue', 'config.yaml');

    const change = await writeConfigFile(nested, 'new', undefined, at);

    assert.equal(await readFile(nested, 'utf8'), 'new');
    assert.equal(change.backup, undefined);
  });

  it('are not overwritten when they changed after the preview', async () => {
    await writeFile(file, 'edited by hand');

    await assert.rejects(writeConfigFile(file, 'after', 'before', at), (error) => FlmError.is(error, 'config_invalid'));
    assert.equal(await readFile(file, 'utf8'), 'edited by hand');
    assert.deepEqual(await readdir(folder), ['config.yaml']);
  });

  it('get back what they held', async () => {
    await writeFile(file, 'before');
    const change = await writeConfigFile(file, 'after', 'before', at);

    assert.equal(await undoFileChange(change), 'restored');

    assert.equal(await readFile(file, 'utf8'), 'before');
    assert.deepEqual(await readdir(folder), ['config.yaml']);
  });

  it('go again when there was none', async () => {
    const change = await writeConfigFile(file, 'new', undefined, at);

    assert.equal(await undoFileChange(change), 'restored');

    assert.deepEqual(await readdir(folder), []);
  });

  it('are left alone by an undo when somebody edited them since', async () => {
    await writeFile(file, 'before');
    const change = await writeConfigFile(file, 'after', 'before', at);
    await writeFile(file, 'after, and more');

    assert.equal(await undoFileChange(change), 'changed');

    assert.equal(await readFile(file, 'utf8'), 'after, and more');
    assert.equal(await readFile(change.backup!, 'utf8'), 'before');
  });

  it('cannot be brought back without their copy', async () => {
    await writeFile(file, 'before');
    const change = await writeConfigFile(file, 'after', 'before', at);
    await rm(change.backup!);
    assert.equal(await undoFileChange(change), 'gone');
    assert.equal(await readFile(file, 'utf8'), 'after');

    await rm(file);
    assert.equal(await undoFileChange(change), 'gone');
  });

  if (process.platform !== 'win32') {
    it('are for their owner only when FLM makes them, and keep their mode when not', async () => {
      const created = join(folder, 'created');
      await writeConfigFile(created, 'key', undefined, at);
      assert.equal((await stat(created)).mode & 0o777, 0o600);

      await writeFile(file, 'before');
      await chmod(file, 0o640);
      const change = await writeConfigFile(file, 'after', 'before', at);
      assert.equal((await stat(file)).mode & 0o777, 0o640);
      assert.equal((await stat(change.backup!)).mode & 0o777, 0o600);
    });

    it('stay links where they are links', async () => {
      const dotfiles = join(folder, 'dotfiles');
      await mkdir(dotfiles);
      const target = join(dotfiles, 'continue.yaml');
      await writeFile(target, 'before');
      await symlink(target, file);

      const change = await writeConfigFile(file, 'after', 'before', at);

      assert.equal(await readFile(target, 'utf8'), 'after');
      await undoFileChange(change);
      assert.equal(await readFile(file, 'utf8'), 'before');
    });
  }
});
