import type { Step } from './run-steps';
import { back, type PickQuestion, type StepInput, type TextQuestion } from './step-input';

type FieldOf<S, V> = { [K in keyof S]-?: S[K] extends V ? K : never }[keyof S];
type ItemOf<T> = T extends readonly (infer I)[] ? I : never;
type Asked<Q> = Omit<Q, 'title' | 'place'>;

/**
 * Steps each of which asks for one field of a draft and writes the answer into it. Questions are made when they are
 * asked, from the draft as it is then; what the field holds is the suggestion.
 */
export class FieldSteps<S> {
  readonly #input: StepInput;
  readonly #title: string;

  constructor(input: StepInput, title: string) {
    this.#input = input;
    this.#title = title;
  }

  /** A text, without blanks around it. */
  text(
    name: FieldOf<S, string>,
    question: (draft: S) => Asked<TextQuestion>,
    isNeeded?: (draft: S) => boolean,
  ): Step<S> {
    return this.#step(isNeeded, async (draft, place) => {
      const value = draft[name] as string;
      const answer = await this.#input.text({ title: this.#title, place, value, ...question(draft) });
      return answer === back ? back : { ...draft, [name]: answer.trim() };
    });
  }

  /** One of several choices. */
  pick<K extends keyof S>(
    name: K,
    question: (draft: S) => Asked<PickQuestion<S[K]>>,
    isNeeded?: (draft: S) => boolean,
  ): Step<S> {
    return this.#step(isNeeded, async (draft, place) => {
      const answer = await this.#input.pick<S[K]>({ title: this.#title, place, ...question(draft) });
      return answer === back ? back : { ...draft, [name]: answer };
    });
  }

  /** Any of several choices, none too. */
  pickMany<K extends FieldOf<S, readonly unknown[]>>(
    name: K,
    question: (draft: S) => Asked<PickQuestion<ItemOf<S[K]>>>,
    isNeeded?: (draft: S) => boolean,
  ): Step<S> {
    return this.#step(isNeeded, async (draft, place) => {
      const answer = await this.#input.pickMany<ItemOf<S[K]>>({ title: this.#title, place, ...question(draft) });
      return answer === back ? back : { ...draft, [name]: answer };
    });
  }

  #step(isNeeded: Step<S>['isNeeded'], ask: Step<S>['ask']): Step<S> {
    return isNeeded === undefined ? { ask } : { ask, isNeeded };
  }
}
