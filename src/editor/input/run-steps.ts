import { FlmError } from '../../core/errors';
import { back, type Back, type StepPlace } from './step-input';

/** One question: answers the state with what it learned, or the wish to go back. */
export interface Step<S> {
  readonly ask: (state: S, place: StepPlace) => Promise<S | Back>;
  /** Undefined: always asked. */
  readonly isNeeded?: (state: S) => boolean;
}

/**
 * Asks one step after the other. Going back shows the question before with the answer it got; before the first there is
 * nothing, which rejects with `cancelled` as dismissing does.
 */
export async function runSteps<S>(start: S, steps: readonly Step<S>[]): Promise<S> {
  const asked: Step<S>[] = [];
  let state = start;
  for (;;) {
    const needed = steps.filter((step) => step.isNeeded?.(state) !== false);
    const next = needed.find((step) => !asked.includes(step));
    if (next === undefined) return state;
    const answer = await next.ask(state, { step: needed.indexOf(next) + 1, totalSteps: needed.length });
    if (answer === back) {
      // What the question before taught stays in the state, as the suggestion of its answer.
      if (asked.pop() === undefined) throw new FlmError('cancelled', 'Nothing before the first step');
      continue;
    }
    asked.push(next);
    state = answer;
  }
}
