import { FlmError } from '../../core/errors';
import { back, type Back, type Choice, type StepInput } from './step-input';

/** For questions without a way back. */
export function answered<T>(answer: T | Back): T {
  if (answer === back) throw new FlmError('cancelled', 'Gone back from the only question');
  return answer;
}

/**
 * Asks before something that cannot be taken back, without a modal: the first choice does it, the second leaves it.
 * Rejects with `cancelled` unless the first is chosen.
 */
export async function confirmed(input: StepInput, title: string, doIt: string, leaveIt: string): Promise<void> {
  const choices: Choice<boolean>[] = [
    { label: doIt, value: true },
    { label: leaveIt, value: false, isPicked: true },
  ];
  const isConfirmed = answered(await input.pick({ title, placeHolder: title, choices }));
  if (!isConfirmed) throw new FlmError('cancelled', 'Not confirmed');
}
