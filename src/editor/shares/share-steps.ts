import { runSteps } from '../input/run-steps';
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
  type ShareQuestions,
} from './share-questions';

/** Who → what → how much → until when → encrypted or not. Rejects with `cancelled` when dismissed. */
export function askForShare(questions: ShareQuestions): Promise<ShareDraft> {
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
