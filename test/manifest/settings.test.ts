import assert from 'node:assert/strict';
import { settingSchemas } from '../../src/core/config-schema';
import { settingNames } from '../../src/editor/contributions';
import { manifest, settings } from './manifest';

/** What people read, and where VS Code stores it: no part of what a value may be. */
const presentation = new Set([
  'description',
  'markdownDescription',
  'enumDescriptions',
  'order',
  'scope',
  'tags',
  'editPresentation',
  'markdownDeprecationMessage',
]);

/** A schema without presentation, with `enum` in place of the other spellings of a choice. */
function bare(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(bare);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema)
    .filter(([keyword]) => !presentation.has(keyword))
    // VS Code needs the type of a choice at the top level; typebox leaves it out.
    .filter(([keyword]) => !(keyword === 'type' && 'enum' in schema))
    .map(([keyword, value]): [string, unknown] => {
      if (keyword === 'properties') {
        return [
          keyword,
          Object.fromEntries(Object.entries(value as object).map(([name, inner]) => [name, bare(inner)])),
        ];
      }
      // A record of strings: typebox names a pattern that fits every key.
      if (keyword === 'patternProperties') return ['additionalProperties', bare(Object.values(value as object)[0])];
      return [keyword, keyword === 'default' ? value : bare(value)];
    });
  return Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b)));
}

describe('settings', () => {
  it('package.json declares exactly the settings the gateway reads', () => {
    const expected = Object.keys(settingSchemas).map((name) => `flm.${name}`);

    assert.deepEqual(Object.keys(settings).sort(), expected.sort());
  });

  it('the editor sends exactly the settings the gateway reads', () => {
    assert.deepEqual([...settingNames].sort(), Object.keys(settingSchemas).sort());
  });

  for (const [name, schema] of Object.entries(settingSchemas)) {
    it(`flm.${name} has the type, limits and default of its schema`, () => {
      const json: unknown = JSON.parse(JSON.stringify(schema));

      assert.deepEqual(bare(settings[`flm.${name}`]), bare(json));
    });
  }

  it('no setting can be set by a workspace', () => {
    const open = Object.entries(settings).filter(([, { scope }]) => scope !== 'machine' && scope !== 'application');

    assert.deepEqual(
      open.map(([name]) => name),
      [],
    );
  });

  it('every setting is restricted in untrusted workspaces', () => {
    assert.deepEqual(
      [...manifest.capabilities.untrustedWorkspaces.restrictedConfigurations].sort(),
      Object.keys(settings).sort(),
    );
  });

  it('settings are in a fixed order', () => {
    const orders = Object.values(settings).map(({ order }) => order);

    assert.equal(new Set(orders).size, orders.length);
    assert.ok(orders.every((order) => typeof order === 'number'));
  });
});
