import { AssertionError } from 'node:assert';
import { messageOf } from '../../../src/core/errors';
import { repairHeader } from '../../../src/proxy/repairs/repair-plan';
import type { Column } from './columns';
import { onStage, type Row, type Stage } from './stage';

/**
 * How a client gets a feature from a kind of engine.
 *
 * - `native`: the engine's own answer serves; what FLM repaired besides is not needed for it
 * - `repaired`: works, and fails with the named repairs switched off
 * - `translated`: the engine is asked on another route, in other words
 * - `FLM`: answered without the engine
 * - `refused`: a status that says no, with the reason
 * - `fails`
 */
export type Cell =
  | { readonly result: 'native' | 'translated' | 'FLM' }
  | { readonly result: 'repaired' | 'refused'; readonly note: string }
  | { readonly result: 'fails'; readonly error: unknown };

/** Statuses that say «not here», as against «not now» and «something broke». */
const refusals: ReadonlySet<number> = new Set([400, 403, 404, 422, 501]);

/** Tries a row with a kind of engine. Never rejects. */
export async function cellOf(row: Row, column: Column): Promise<Cell> {
  return onStage(row, column, [], async (stage) => {
    try {
      await row.run(stage);
    } catch (error) {
      return refusalOf(stage, error) ?? { result: 'fails', error };
    }
    const asked = stage.engine.requests.map(({ path }) => path);
    if (asked.length === 0) return { result: 'FLM' };
    if (asked.some((path) => !stage.said.has(path))) return { result: 'translated' };
    const needed = await neededRepairs(row, column, namesIn(stage));
    return needed.length === 0 ? { result: 'native' } : { result: 'repaired', note: needed.join(', ') };
  });
}

function refusalOf(stage: Stage, error: unknown): Cell | undefined {
  const last = stage.told.at(-1);
  if (error instanceof AssertionError || last === undefined || !refusals.has(last.status)) return undefined;
  const reason = reasonIn(last.body);
  // A refusal must name why, in words.
  return reason.split(' ').length < 4 ? undefined : { result: 'refused', note: `${last.status}: ${reason}` };
}

function reasonIn(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: string | { message?: string } };
    return (typeof error === 'string' ? error : error?.message) ?? '';
  } catch {
    return '';
  }
}

function namesIn({ told }: Stage): readonly string[] {
  const names = told.flatMap(({ headers }) => headers.get(repairHeader)?.split(', ') ?? []);
  return [...new Set(names)];
}

/** Those of `repairs` without which the row fails; all of them where it takes several to be missed. */
async function neededRepairs(row: Row, column: Column, repairs: readonly string[]): Promise<readonly string[]> {
  if (repairs.length === 0 || (await worksWithout(row, column, repairs))) return [];
  const needed: string[] = [];
  for (const repair of repairs) if (!(await worksWithout(row, column, [repair]))) needed.push(repair);
  return needed.length === 0 ? repairs : needed;
}

async function worksWithout(row: Row, column: Column, repairs: readonly string[]): Promise<boolean> {
  return onStage(row, column, repairs, async (stage) => {
    try {
      await row.run(stage);
      return true;
    } catch {
      return false;
    }
  });
}

/** For the message of a failing test. */
export function whyOf({ error }: { readonly error: unknown }): string {
  return error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
}
