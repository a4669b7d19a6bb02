import assert from 'node:assert/strict';
import { FlmError } from '../../../../src/core/errors';
import { runSteps, type Step } from '../../../../src/editor/input/run-steps';
import { back } from '../../../../src/editor/input/step-input';

type Names = readonly string[];

/** Steps that add their name, with the answers `back` where the script says so. */
function scripted(script: Record<string, ('ok' | 'back')[]>, log: string[] = []): Step<Names>[] {
  return Object.entries(script).map(([name, answers]) => ({
    ask: async (state, { step, totalSteps }) => {
      log.push(`${name} ${step}/${totalSteps}`);
      return answers.shift() === 'back' ? back : [...state.filter((other) => other !== name), name];
    },
  }));
}

describe('a row of questions', () => {
  it('is asked in order, and answers what was learned', async () => {
    const log: string[] = [];

    assert.deepEqual(await runSteps<Names>([], scripted({ a: ['ok'], b: ['ok'] }, log)), ['a', 'b']);
    assert.deepEqual(log, ['a 1/2', 'b 2/2']);
  });

  it('goes back to the question before', async () => {
    const log: string[] = [];

    await runSteps<Names>([], scripted({ a: ['ok', 'ok'], b: ['back', 'ok'] }, log));

    assert.deepEqual(log, ['a 1/2', 'b 2/2', 'a 1/2', 'b 2/2']);
  });

  it('ends as dismissed when going back from the first', async () => {
    await assert.rejects(runSteps<Names>([], scripted({ a: ['back'] })), (error) => FlmError.is(error, 'cancelled'));
  });

  it('leaves out what is not needed, also in the count', async () => {
    const log: string[] = [];
    const steps = scripted({ a: ['ok'], b: ['ok'], c: ['ok'] }, log);
    steps[1] = { ...steps[1]!, isNeeded: () => false };

    await runSteps<Names>([], steps);

    assert.deepEqual(log, ['a 1/2', 'c 2/2']);
  });

  it('asks what an answer made necessary', async () => {
    const log: string[] = [];
    const steps = scripted({ a: ['ok'], b: ['ok'] }, log);
    steps[1] = { ...steps[1]!, isNeeded: (state) => state.includes('a') };

    await runSteps<Names>([], steps);

    assert.deepEqual(log, ['a 1/1', 'b 2/2']);
  });
});
