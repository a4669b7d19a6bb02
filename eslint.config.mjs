import tseslint from 'typescript-eslint';
import { layers, packageHomes, withoutNode } from './scripts/layers.mjs';

const layerNames = Object.keys(layers).filter((name) => name !== '.');

/** One `no-restricted-imports` rule per layer, from the table in scripts/layers.mjs. */
const importArrows = Object.entries(layers).map(([layer, allowed]) => {
  const forbiddenLayers = layerNames.filter((name) => name !== layer && !allowed.includes(name));
  const forbiddenPackages = Object.keys(packageHomes).filter((name) => !packageHomes[name].includes(layer));
  return {
    files: layer === '.' ? ['src/*.ts'] : [`src/${layer}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            ...(forbiddenLayers.length
              ? [
                  {
                    // From the layer's own root downwards any folder name is free (src/editor/gateway is no layer).
                    regex: `^${layer === '.' ? '\\./' : '(\\.\\./)+'}(${forbiddenLayers.join('|')})/`,
                    message: `src/${layer} must not import this layer (scripts/layers.mjs).`,
                  },
                ]
              : []),
            ...forbiddenPackages.map((name) => ({
              regex: `^${name.replace(/[.*]/g, (c) => (c === '*' ? '.*' : `\\${c}`))}(/|$)`,
              message: `${name} is imported in ${packageHomes[name].join(', ')} only (scripts/layers.mjs).`,
            })),
            ...(withoutNode.includes(layer) ? [{ regex: '^node:', message: `src/${layer} knows no Node.` }] : []),
          ],
        },
      ],
    },
  };
});

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'out/**',
      'node_modules/**',
      '.vscode-test/**',
      '.cache/**',
      'coverage/**',
      'test/fixtures/**',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only: a name can be searched for.' },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['webview/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              // Values of core stay out of the page: what it knows of them comes from the extension.
              regex: '^(\\.\\./)+src/(?!protocol/|core/)',
              message: 'The page knows the protocol, and types of core, and nothing else of src.',
            },
            {
              regex: '^(\\.\\./)+src/core/',
              allowTypeImports: true,
              message: 'The page may import types of core only.',
            },
            { regex: '^(node:|vscode$)', message: 'The page runs in a browser.' },
          ],
        },
      ],
    },
  },
  {
    files: ['webview/**/*.ts'],
    ignores: ['webview/ui/toolkit.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [{ name: '@vscode/webview-ui-toolkit', message: 'Only webview/ui/toolkit.ts knows the library.' }] },
      ],
    },
  },
  ...importArrows,
);
