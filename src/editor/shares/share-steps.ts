import type { MachineAddress } from '../../core/exposure';
import { runSteps } from '../input/run-steps';
import type { StepInput } from '../input/step-input';
import type { ModelOption } from '../keys/model-options';
import type { Localizer } from '../localizer';
import { blankDraft, type ShareDraft } from './share-draft';
import {
  amountQuestion,
  audienceQuestions,
  encryptionQuestion,
  endQuestions,
  labelQuestion,
  limitQuestion,
  modelsQuestion,
  routesQuestion,
  type Asking,
} from './share-questions';

export interface NewShareQuestions {
  readonly input: StepInput;
  readonly l10n: Localizer;
  readonly now: number;
  readonly models: readonly ModelOption[];
  readonly machine: readonly MachineAddress[];
  /** Nothing encrypts connections yet: how they shall be is asked. */
  readonly isUnencrypted: boolean;
}

/** Who → what → how much → until when → encrypted or not. Rejects with `cancelled` when dismissed. */
export function askForShare(questions: NewShareQuestions): Promise<ShareDraft> {
  const { input, l10n, now, models, machine, isUnencrypted } = questions;
  const asking: Asking = { input, l10n, title: l10n.t('Share Your Models') };
  return runSteps(blankDraft, [
    ...audienceQuestions(asking, machine),
    labelQuestion(asking),
    modelsQuestion(asking, models),
    routesQuestion(asking),
    amountQuestion(asking),
    limitQuestion(asking, 'requestsPerMinute'),
    limitQuestion(asking, 'requestsPerDay'),
    limitQuestion(asking, 'tokensPerDay'),
    limitQuestion(asking, 'concurrency'),
    ...endQuestions(asking, now),
    encryptionQuestion(asking, isUnencrypted),
  ]);
}
