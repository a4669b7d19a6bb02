import assert from 'node:assert/strict';
import { clinePage } from '../../../../src/editor/wiring/cline-page';
import { english } from '../editor-facts';
import { makeToolModel } from './tool-setup';

const endpoint = 'http://127.0.0.1:11435/v1';

describe('the page for Cline', () => {
  it('says what to enter where', () => {
    const page = clinePage(english, endpoint, makeToolModel({ callsTools: true }));

    assert.match(page, /3\. Base URL: ` http:\/\/127\.0\.0\.1:11435\/v1 `/);
    assert.match(page, /5\. Model ID: ` ollama\/llama3\.2:3b `/);
    assert.match(page, /Context Window Size: ` 8192 `/);
    assert.doesNotMatch(page, /not known to make/);
  });

  it('warns of a model without tool calls', () => {
    assert.match(clinePage(english, endpoint, makeToolModel()), /not known to make/);
  });

  it('shows a model id as text, whatever it holds', () => {
    const page = clinePage(english, endpoint, makeToolModel({ id: 'e/a``b\n# [x](command:y)' }));

    assert.ok(page.includes('5. Model ID: ``` e/a``b # [x](command:y) ```\n'));
  });
});
