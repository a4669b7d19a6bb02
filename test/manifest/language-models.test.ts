import assert from 'node:assert/strict';
import { languageModelVendor } from '../../src/editor/contributions';
import { readJson } from './project-files';

interface LanguageModels {
  readonly contributes: {
    readonly languageModelChatProviders: readonly { readonly vendor: string; readonly displayName: string }[];
  };
}

describe('language models', () => {
  it('package.json declares the vendor that the code registers', () => {
    const { contributes } = readJson('package.json') as LanguageModels;

    assert.deepEqual(
      contributes.languageModelChatProviders.map(({ vendor, displayName }) => [vendor, displayName]),
      [[languageModelVendor, 'FLM']],
    );
  });
});
