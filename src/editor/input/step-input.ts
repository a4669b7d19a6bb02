/** The answer of somebody who wants to see the question before this one again. */
export const back = Symbol('back');
export type Back = typeof back;

/** Where a question stands in a row of questions. */
export interface StepPlace {
  /** From 1. */
  readonly step: number;
  readonly totalSteps: number;
}

interface Question {
  readonly title: string;
  /** Undefined: the only question; it has no way back. */
  readonly place?: StepPlace;
}

export interface TextQuestion extends Question {
  readonly prompt: string;
  readonly placeHolder?: string;
  readonly value?: string;
  /** What is wrong with the text; undefined: nothing. Asked at every key, so it must be cheap. */
  readonly validate?: (text: string) => string | undefined;
  /** An empty answer is one, too. */
  readonly isOptional?: boolean;
}

export interface Choice<T> {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly value: T;
  readonly isPicked?: boolean;
}

export interface PickQuestion<T> extends Question {
  readonly placeHolder: string;
  readonly choices: readonly Choice<T>[];
}

/**
 * Asks people, one question at a time. A question that is dismissed rejects with FlmError `cancelled`; the way back is
 * offered from the second step on.
 */
export interface StepInput {
  text(question: TextQuestion): Promise<string | Back>;
  pick<T>(question: PickQuestion<T>): Promise<T | Back>;
  /** Any number of the choices, also none. */
  pickMany<T>(question: PickQuestion<T>): Promise<readonly T[] | Back>;
}
