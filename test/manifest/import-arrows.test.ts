import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';
import { layers, packageHomes, withoutNode } from '../../scripts/layers.mjs';

const source = resolve(__dirname, '../../src');

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourceFiles(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

function layerOf(file: string): string {
  const [first, ...rest] = relative(source, file).split(sep);
  return rest.length === 0 ? '.' : first!;
}

/** What a file imports, types included: read from the syntax tree, since `from '…'` also stands in ordinary code. */
function importsOf(file: string): string[] {
  const tree = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const isDeclaration = ts.isImportDeclaration(node) || ts.isExportDeclaration(node);
    if (isDeclaration && node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)) {
      found.push(node.moduleSpecifier.text);
    }
    const isCall = ts.isCallExpression(node) && node.arguments.length > 0;
    const isImportCall =
      isCall &&
      (node.expression.kind === ts.SyntaxKind.ImportKeyword ||
        (ts.isIdentifier(node.expression) && node.expression.text === 'require'));
    const argument = isImportCall ? node.arguments[0] : undefined;
    if (argument !== undefined && ts.isStringLiteral(argument)) found.push(argument.text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function homesOf(specifier: string): string[] | undefined {
  const found = Object.entries(packageHomes).find(([name]) =>
    name.endsWith('/*')
      ? specifier.startsWith(name.slice(0, -1))
      : specifier === name || specifier.startsWith(`${name}/`),
  );
  return found?.[1];
}

describe('import arrows', () => {
  const files = sourceFiles(source);
  const table = layers;

  it('every folder of src is a layer of scripts/layers.mjs', () => {
    const unknown = [...new Set(files.map(layerOf))].filter((layer) => !(layer in table));
    assert.deepEqual(unknown, []);
  });

  it('a layer imports only the layers, packages and Node modules it may', () => {
    const wrong: string[] = [];
    for (const file of files) {
      const layer = layerOf(file);
      for (const specifier of importsOf(file)) {
        const where = `${relative(source, file)} imports ${specifier}`;
        if (specifier === '../../package.json') continue; // the version, which is data
        if (specifier.startsWith('.')) {
          const target = layerOf(resolve(dirname(file), `${specifier}.ts`));
          if (target !== layer && !(table[layer] ?? []).includes(target)) wrong.push(where);
        } else if (specifier.startsWith('node:') || builtinModules.includes(specifier)) {
          if (!specifier.startsWith('node:')) wrong.push(`${where} without node:`);
          if (withoutNode.includes(layer)) wrong.push(where);
        } else {
          const homes = homesOf(specifier);
          if (homes === undefined) wrong.push(`${where}, which no row of packageHomes names`);
          else if (!homes.includes(layer)) wrong.push(where);
        }
      }
    }
    assert.deepEqual(wrong, []);
  });
});
