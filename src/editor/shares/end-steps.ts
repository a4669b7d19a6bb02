import type { Share } from '../../core/share';
import { answered } from '../input/questions';
import { back, type StepInput } from '../input/step-input';
import { dayProblem } from '../keys/key-expiry';
import type { Localizer } from '../localizer';
import { messageText } from '../safe-text';
import { endChoices, endTime } from './share-expiry';
import { endText, shareLabel } from './share-facts';

export interface EndQuestions {
  readonly input: StepInput;
  readonly l10n: Localizer;
  readonly now: number;
}

/** The new end of a share, counted from now; null: none. Rejects with `cancelled` when dismissed. */
export async function askForEnd({ input, l10n, now }: EndQuestions, share: Share): Promise<number | null> {
  const title = l10n.t('End of the Share “{0}”', messageText(shareLabel(share)));
  for (;;) {
    const placeHolder = l10n.t('Now: {0}. How long from now on?', endText(l10n, share, now));
    const end = answered(await input.pick({ title, placeHolder, choices: endChoices(l10n, now, 'week') }));
    if (end !== 'date') return endTime(end, now) ?? null;
    const lastDay = await input.text({
      title,
      place: { step: 2, totalSteps: 2 },
      prompt: l10n.t('Last day of the share'),
      placeHolder: l10n.t('year-month-day'),
      validate: (text) => dayProblem(l10n, text, now),
    });
    if (lastDay !== back) return endTime(end, now, lastDay) ?? null;
  }
}
