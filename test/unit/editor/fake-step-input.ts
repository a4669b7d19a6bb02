import { FlmError } from '../../../src/core/errors';
import {
  back,
  type Back,
  type PickQuestion,
  type StepInput,
  type TextQuestion,
} from '../../../src/editor/input/step-input';

/** What somebody does at a question: types, chooses by the beginning of a label, ticks several, goes back, gives up. */
export type Answer =
  { readonly type: string } | { readonly pick: string } | { readonly tick: readonly string[] } | 'back' | 'dismiss';

export interface Asked {
  readonly title: string;
  readonly text: string;
  readonly step: string;
  /** Suggested text, or labels that are picked already. */
  readonly suggestion: string;
}

/** Answers questions from a list, as a person would; a text that is refused or a choice that is not there is an error. */
export class FakeStepInput implements StepInput {
  readonly asked: Asked[] = [];
  readonly #answers: Answer[];

  constructor(...answers: Answer[]) {
    this.#answers = answers;
  }

  /** Answers nobody asked for. */
  get left(): number {
    return this.#answers.length;
  }

  async text(question: TextQuestion): Promise<string | Back> {
    const answer = this.#next(question, question.prompt, question.value ?? '');
    if (answer === back) return back;
    if (typeof answer !== 'object' || !('type' in answer)) throw new Error(`not a text: ${question.prompt}`);
    const problem = question.validate?.(answer.type);
    if (problem !== undefined) throw new Error(`refused: ${problem}`);
    if (answer.type.trim() === '' && question.isOptional !== true) throw new Error('refused: empty');
    return answer.type;
  }

  async pick<T>(question: PickQuestion<T>): Promise<T | Back> {
    const answer = this.#next(question, question.placeHolder, pickedLabels(question));
    if (answer === back) return back;
    if (typeof answer !== 'object' || !('pick' in answer)) throw new Error(`not a choice: ${question.placeHolder}`);
    return choiceOf(question, answer.pick);
  }

  async pickMany<T>(question: PickQuestion<T>): Promise<readonly T[] | Back> {
    const answer = this.#next(question, question.placeHolder, pickedLabels(question));
    if (answer === back) return back;
    if (typeof answer !== 'object' || !('tick' in answer)) throw new Error(`not ticks: ${question.placeHolder}`);
    return answer.tick.map((label) => choiceOf(question, label));
  }

  #next(
    { title, place }: Pick<TextQuestion, 'title' | 'place'>,
    text: string,
    suggestion: string,
  ): Exclude<Answer, string> | Back {
    const step = place === undefined ? '' : `${place.step}/${place.totalSteps}`;
    this.asked.push({ title, text, step, suggestion });
    const answer = this.#answers.shift();
    if (answer === undefined) throw new Error(`nobody answers: ${text}`);
    if (answer === 'dismiss') throw new FlmError('cancelled', 'dismissed');
    return answer === 'back' ? back : answer;
  }
}

function pickedLabels({ choices }: Pick<PickQuestion<unknown>, 'choices'>): string {
  return choices
    .filter(({ isPicked }) => isPicked === true)
    .map(({ label }) => label)
    .join();
}

function choiceOf<T>({ choices }: PickQuestion<T>, label: string): T {
  const choice = choices.find((candidate) => candidate.label.startsWith(label));
  if (choice === undefined) throw new Error(`no ${label} among ${choices.map((each) => each.label).join(' | ')}`);
  return choice.value;
}
