import { answered } from '../input/questions';
import type { StepInput } from '../input/step-input';
import type { Localizer } from '../localizer';
import { daysText } from './key-expiry';

/** How long the old secret of a rotated key goes on working, in minutes. */
const graces = { none: 0, hour: 60, day: 24 * 60, week: 7 * 24 * 60 } as const;

/** Asks how long, for a key or for that of a share. Rejects with `cancelled` when dismissed. */
export async function askForGrace(input: StepInput, l10n: Localizer, title: string): Promise<number> {
  return answered(
    await input.pick({
      title,
      placeHolder: l10n.t('A new secret is made. How long should the old one still work?'),
      choices: [
        { label: daysText(l10n, 1), value: graces.day },
        { label: l10n.t('1 hour'), value: graces.hour },
        { label: daysText(l10n, 7), value: graces.week },
        { label: l10n.t('Not at All'), detail: l10n.t('For a secret that others know'), value: graces.none },
      ],
    }),
  );
}
