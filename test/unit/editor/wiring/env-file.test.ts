import assert from 'node:assert/strict';
import { editEnvFile } from '../../../../src/editor/wiring/env-file';
import { edited, refused } from './tool-setup';

const values = 'OPENAI_BASE_URL=http://127.0.0.1:11435/v1\nOPENAI_API_KEY=flm-abc-secret\n';

describe('the environment file for the OpenAI SDK', () => {
  it('is made where there is none', () => {
    assert.equal(edited(editEnvFile, undefined), values);
  });

  it('keeps what is there', () => {
    const before = '# database\nDATABASE_URL="postgres://a:b@c/d?x=#1"\nHOME_DIR=C:\\Users\\me';

    assert.equal(edited(editEnvFile, before), `${before}\n${values}`);
  });

  it('replaces assignments where they stand', () => {
    const before = 'A=1\nexport OPENAI_API_KEY = "sk-old"\n# OPENAI_API_KEY=sk-older\nB=2\n';

    assert.equal(
      edited(editEnvFile, before),
      'A=1\nexport OPENAI_API_KEY=flm-abc-secret\n# OPENAI_API_KEY=sk-older\nB=2\nOPENAI_BASE_URL=http://127.0.0.1:11435/v1\n',
    );
  });

  it('leaves one assignment where there were several', () => {
    const text = edited(editEnvFile, 'OPENAI_API_KEY=a\nX=1\nOPENAI_API_KEY=b\n');

    assert.equal(text.match(/^OPENAI_API_KEY=/gm)?.length, 1);
    assert.ok(text.startsWith('X=1\n'));
  });

  it('does not touch names that only contain these', () => {
    assert.match(
      edited(editEnvFile, 'MY_OPENAI_API_KEY=1\nOPENAI_API_KEY_2=2\n'),
      /^MY_OPENAI_API_KEY=1\nOPENAI_API_KEY_2=2\n/,
    );
  });

  it('keeps Windows line ends', () => {
    const text = edited(editEnvFile, 'A=1\r\nOPENAI_API_KEY=old\r\n');

    assert.equal(text, 'A=1\r\nOPENAI_API_KEY=flm-abc-secret\r\nOPENAI_BASE_URL=http://127.0.0.1:11435/v1\r\n');
  });

  it('does not cut a value of several lines in two', () => {
    assert.equal(refused(editEnvFile, 'OPENAI_API_KEY="one\ntwo"\n').problem, 'not-editable');
  });
});
