import assert from 'node:assert/strict';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { editContinueYaml } from '../../../../src/editor/wiring/continue-yaml';
import { assertKeeps, edited, makeSetup, makeToolModel, refused } from './tool-setup';

interface Config {
  readonly models: readonly Record<string, unknown>[];
  readonly [name: string]: unknown;
}

function read(text: string): Config {
  return load(text) as Config;
}

const assistant = `# my assistant
name: My Assistant   # shown in the picker
version: 0.0.1
schema: v1

models:
  # the big one
  - name: Claude
    provider: anthropic
    model: claude-sonnet-4-5
    apiKey: \${{ secrets.ANTHROPIC_API_KEY }}
    roles:
      - chat
  - name: Codestral
    provider: mistral
    model: codestral-latest
    roles: [autocomplete]
    promptTemplates:
      edit: |
        # Edit this

        {{{codeToEdit}}}

# what it may look at
context:
  - provider: code
  - provider: file

rules:
  - "Don't: guess"
mcpServers:
  - name: files
    command: C:\\Tools\\mcp.exe
    args: ["C:\\\\Users\\\\me\\\\src"]
`;

describe("FLM's models in Continue's config.yaml", () => {
  it('make a whole configuration where there is none', () => {
    for (const text of [undefined, '', ' \n']) {
      const config = read(edited(editContinueYaml, text));

      assert.deepEqual(
        { ...config, models: config.models.length },
        { name: 'Local Assistant', version: '1.0.0', schema: 'v1', models: 1 },
      );
      assert.deepEqual(config.models[0], {
        name: 'FLM: llama3.2:3b',
        provider: 'openai',
        model: 'ollama/llama3.2:3b',
        apiBase: 'http://127.0.0.1:11435/v1',
        apiKey: 'flm-abc-secret',
        roles: ['chat', 'edit', 'apply'],
        defaultCompletionOptions: { contextLength: 8192 },
      });
    }
  });

  it('follow the models that are there; comments, order and everything else stay', () => {
    const text = edited(editContinueYaml, assistant);

    assertKeeps(assistant, text);
    const before = read(assistant);
    const after = read(text);
    assert.deepEqual(after.models.slice(0, 2), before.models);
    assert.equal(after.models.length, 3);
    assert.deepEqual({ ...after, models: [] }, { ...before, models: [] });
    assert.ok(text.indexOf('# FLM models: end.') < text.indexOf('# what it may look at'));
  });

  it('keep Windows line ends', () => {
    const text = edited(editContinueYaml, assistant.replaceAll('\n', '\r\n'));

    assert.equal(text.replaceAll('\r\n', '').includes('\n'), false);
    assert.equal(read(text).models.length, 3);
  });

  it('keep a byte order mark', () => {
    assert.ok(edited(editContinueYaml, `\uFEFF${assistant}`).startsWith('\uFEFF# my assistant'));
  });

  it('are replaced by the next run', () => {
    const first = edited(editContinueYaml, assistant);
    const setup = makeSetup({ apiKey: 'flm-new', models: [makeToolModel({ id: 'vllm/a', name: 'a' })] });

    const { models } = read(edited(editContinueYaml, first, setup));

    assert.deepEqual(models.map(({ name, apiKey }) => [name, apiKey]).at(-1), ['FLM: a', 'flm-new']);
    assert.equal(models.length, 3);
  });

  it('leave what the user added after them', () => {
    const first = edited(editContinueYaml, assistant);
    const more = first.replace(
      '  # FLM models: end.\n',
      '  # FLM models: end.\n  - name: Mine\n    provider: x\n    model: y\n',
    );

    const { models } = read(edited(editContinueYaml, more));

    assert.deepEqual(
      models.map(({ name }) => name),
      ['Claude', 'Codestral', 'Mine', 'FLM: llama3.2:3b'],
    );
  });

  for (const [what, before, text] of [
    ['a list without indentation', 1, 'name: a\nmodels:\n- name: x\n  provider: y\n  model: z\nrules: []\n'],
    ['an empty list', 0, 'models: []  # none yet\nname: a\n'],
    ['nothing', 0, 'models:\nname: a\n'],
    ['null', 0, 'models: null\nname: a\n'],
    ['no models at all', 0, 'name: a\nversion: 1.0.0'],
    ['only comments', 0, '# nothing\n# here'],
    ['four spaces', 1, 'models:\n    - name: x\n      provider: y\n      model: z\n'],
    ['a list at the end without a line end', 1, 'name: a\nmodels:\n  - name: x\n    provider: y\n    model: z'],
    [
      'an anchor in an entry',
      2,
      'models:\n  - &base\n    name: x\n    provider: y\n    model: z\n  - <<: *base\n    name: q\n',
    ],
    ['a document start', 1, '---\nname: a\nmodels:\n  - name: x\n    provider: y\n    model: z\n'],
  ] as const) {
    it(`fit into ${what}`, () => {
      const text_ = edited(editContinueYaml, text);

      assert.equal(read(text_).models.length, before + 1);
    });
  }

  it('name what they can', () => {
    const model = makeToolModel({ callsTools: true, seesImages: true });

    const config = read(edited(editContinueYaml, undefined, makeSetup({ models: [model] })));

    assert.deepEqual(config.models[0]!.capabilities, ['tool_use', 'image_input']);
  });

  it('are not written into a file that is no YAML', () => {
    assert.equal(refused(editContinueYaml, 'models:\n  - name: "x\n').problem, 'unparsable');
    assert.equal(refused(editContinueYaml, 'a: 1\n\tb: 2\n').problem, 'unparsable');
    assert.equal(refused(editContinueYaml, 'a: 1\n---\nb: 2\n').problem, 'unparsable');
  });

  it('are not written into something else', () => {
    assert.equal(refused(editContinueYaml, '- a\n- b\n').problem, 'unexpected');
    assert.deepEqual(refused(editContinueYaml, 'models: {a: 1}\n'), {
      ok: false,
      problem: 'unexpected',
      detail: 'models',
    });
  });

  it('are not written where they could not be added without touching the rest', () => {
    assert.equal(refused(editContinueYaml, 'models: [{name: a, provider: b, model: c}]\n').problem, 'not-editable');
    assert.equal(refused(editContinueYaml, '"models":\n  - name: a\n').problem, 'not-editable');
    assert.equal(refused(editContinueYaml, '{"name": "a", "models": []}\n').problem, 'not-editable');
    const broken = edited(editContinueYaml, assistant).replace('# FLM models: end.', '');
    assert.equal(refused(editContinueYaml, broken).problem, 'not-editable');
  });

  it('say the same whatever a model is called', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 3 }), (names) => {
        const models = names.map((name) => makeToolModel({ id: `e/${name}`, name }));
        const result = editContinueYaml(assistant, makeSetup({ models }));

        assert.ok(result.ok);
        assert.deepEqual(
          read(result.text)
            .models.slice(2)
            .map(({ model }) => model),
          models.map(({ id }) => id),
        );
      }),
    );
  });
});
