import assert from 'node:assert/strict';
import { findModel, listModels } from '../../../src/proxy/model-list';
import { fixedCatalog } from '../../helpers/proxy-harness';

const catalog = fixedCatalog([
  { id: 'a', baseUrl: 'http://127.0.0.1:1', models: ['shared', 'own'] },
  { id: 'b', baseUrl: 'http://127.0.0.1:2', models: ['shared'] },
]);
const onlyB = (id: string): boolean => id.startsWith('b/');

describe('model list for a caller', () => {
  it('holds every model when the caller has no scope', () => {
    assert.deepEqual(
      listModels(catalog).data.map(({ id }) => id),
      ['a/shared', 'a/own', 'b/shared'],
    );
  });

  it('holds only models in the scope', () => {
    assert.deepEqual(
      listModels(catalog, onlyB).data.map(({ id }) => id),
      ['b/shared'],
    );
  });

  it('does not know a model out of scope', () => {
    assert.equal(findModel(catalog, 'a/own', onlyB), undefined);
    assert.equal(findModel(catalog, 'own', onlyB), undefined);
  });

  it('finds a bare id on the engine that is in scope', () => {
    assert.equal(findModel(catalog, 'shared', onlyB)?.id, 'b/shared');
  });
});
