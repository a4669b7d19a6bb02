import * as vscode from 'vscode';
import { DisposableStore } from '../../core/disposable';
import { FlmError } from '../../core/errors';
import { messageText } from '../safe-text';
import { back, type Back, type Choice, type PickQuestion, type StepInput, type TextQuestion } from './step-input';

type ChoiceItem<T> = vscode.QuickPickItem & { readonly value: T };

/** Questions in VS Code's quick input. They stay when the window loses the focus: answers are often copied from elsewhere. */
export class WindowStepInput implements StepInput {
  text(question: TextQuestion): Promise<string | Back> {
    const input = vscode.window.createInputBox();
    input.prompt = question.prompt;
    input.value = question.value ?? '';
    if (question.placeHolder !== undefined) input.placeholder = question.placeHolder;
    const check = (): boolean => {
      const problem = question.validate?.(input.value);
      // An empty box is no mistake yet.
      input.validationMessage = input.value === '' ? '' : problem;
      return problem === undefined && (question.isOptional === true || input.value.trim() !== '');
    };
    return ask(input, question, (answer, store) => {
      store.add(input.onDidChangeValue(check));
      store.add(input.onDidAccept(() => (check() ? answer(input.value) : undefined)));
    });
  }

  pick<T>(question: PickQuestion<T>): Promise<T | Back> {
    const input = makePick(question);
    const picked = question.choices.findIndex(({ isPicked }) => isPicked === true);
    input.activeItems = input.items.slice(Math.max(0, picked), Math.max(0, picked) + 1);
    return ask(input, question, (answer, store) => {
      store.add(
        input.onDidAccept(() => {
          const [item] = input.activeItems;
          if (item !== undefined) answer(item.value);
        }),
      );
    });
  }

  pickMany<T>(question: PickQuestion<T>): Promise<readonly T[] | Back> {
    const input = makePick(question);
    input.canSelectMany = true;
    input.selectedItems = input.items.filter((_, index) => question.choices[index]?.isPicked === true);
    return ask(input, question, (answer, store) => {
      store.add(input.onDidAccept(() => answer(input.selectedItems.map(({ value }) => value))));
    });
  }
}

function makePick<T>(question: PickQuestion<T>): vscode.QuickPick<ChoiceItem<T>> {
  const input = vscode.window.createQuickPick<ChoiceItem<T>>();
  input.placeholder = question.placeHolder;
  input.matchOnDescription = true;
  input.matchOnDetail = true;
  input.items = question.choices.map(toItem);
  return input;
}

/** Names may be a stranger's; icons in labels are ours, so callers clean what they put in. */
function toItem<T>({ label, description, detail, value }: Choice<T>): ChoiceItem<T> {
  return { label, ...(description && { description }), ...(detail && { detail }), value };
}

type AskingInput = vscode.QuickInput & {
  buttons: readonly vscode.QuickInputButton[];
  readonly onDidTriggerButton: vscode.Event<vscode.QuickInputButton>;
};

function ask<T>(
  input: AskingInput,
  question: TextQuestion | Pick<PickQuestion<T>, 'title' | 'place'>,
  listen: (answer: (value: T) => void, store: DisposableStore) => void,
): Promise<T | Back> {
  input.title = messageText(question.title);
  input.ignoreFocusOut = true;
  if (question.place !== undefined) {
    const { step, totalSteps } = question.place;
    // One question is no row.
    if (totalSteps > 1) {
      input.step = step;
      input.totalSteps = totalSteps;
    }
    if (step > 1) input.buttons = [vscode.QuickInputButtons.Back];
  }
  const store = new DisposableStore();
  return new Promise<T | Back>((resolve, reject) => {
    listen(resolve, store);
    store.add(input.onDidTriggerButton(() => resolve(back)));
    store.add(input.onDidHide(() => reject(new FlmError('cancelled', 'Dismissed'))));
    input.show();
  }).finally(() => {
    store.dispose();
    input.dispose();
  });
}
