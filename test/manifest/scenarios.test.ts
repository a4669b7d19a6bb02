import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Faults and oddities of engines, by the numbers of test/helpers/engines/README.md. */
const scenarioCount = 46;

/** Scenarios that no test plays against FLM, and why. */
const notYet: Readonly<Record<number, string>> = {};

function testFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return testFiles(path);
    return entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

/** Numbers named in test titles: `(scenario 33)`, `scenarios 3, 4 and 5`. */
function namedScenarios(): Set<number> {
  const folder = resolve(__dirname, '..');
  const numbers = new Set<number>();
  for (const file of testFiles(join(folder, 'integration'))) {
    for (const [, list] of readFileSync(file, 'utf8').matchAll(/\bscenarios? ((?:\d+(?:, | and )?)+)/g)) {
      for (const digits of list!.match(/\d+/g) ?? []) numbers.add(Number(digits));
    }
  }
  return numbers;
}

describe('scenarios of simulated engines', () => {
  it('each have a test that names them, or a reason why not', () => {
    const named = namedScenarios();
    const all = Array.from({ length: scenarioCount }, (_, index) => index + 1);

    assert.deepEqual(
      all.filter((number) => !named.has(number) && notYet[number] === undefined),
      [],
    );
  });

  it('have no reason any more once they have a test', () => {
    const named = namedScenarios();

    assert.deepEqual(
      Object.keys(notYet).filter((number) => named.has(Number(number))),
      [],
    );
  });
});
