import type { ApiKey } from '../../core/api-key';
import type { ChangeKeyParams } from '../../protocol/security-rpc';
import { formatTime } from '../format';
import { answered } from '../input/questions';
import { back, type Back, type Choice, type StepInput } from '../input/step-input';
import type { Localizer } from '../localizer';
import { dayMs, dayProblem, daysText, expiryDays, parseDay } from './key-expiry';
import { keyLabel } from './key-facts';
import { addressesChoice, askForLimit, limitChoices, type LimitField } from './limit-steps';
import type { ModelOption } from './model-options';

export interface ChangeQuestions {
  readonly input: StepInput;
  readonly l10n: Localizer;
  readonly now: number;
  readonly models: readonly ModelOption[];
}

type Field = LimitField | 'addresses' | 'expiry';

const place = { step: 2, totalSteps: 2 };

/**
 * Asks which limit of a key to change and what it shall be. Rejects with `cancelled` when
 * dismissed; going back leads to the list of limits.
 */
export async function askForChange(questions: ChangeQuestions, key: ApiKey): Promise<ChangeKeyParams> {
  for (;;) {
    const field = await askField(questions, key);
    const change = field === 'expiry' ? await askExpiry(questions, key) : await askScope(questions, key, field);
    if (change !== back) return { id: key.id, ...change };
  }
}

async function askScope(
  questions: ChangeQuestions,
  key: ApiKey,
  field: LimitField | 'addresses',
): Promise<Change | Back> {
  const scope = await askForLimit(questions, titleOf(questions.l10n, key), key.scope, field);
  return scope === back ? back : { scope };
}

async function askField({ input, l10n, now }: ChangeQuestions, key: ApiKey): Promise<Field> {
  const expiry = key.expiresAt === undefined ? l10n.t('until revoked') : formatTime(key.expiresAt, l10n.language);
  const choices: readonly Choice<Field>[] = [
    {
      label: l10n.t('Expiry'),
      description: key.expiresAt !== undefined && key.expiresAt <= now ? l10n.t('expired {0}', expiry) : expiry,
      value: 'expiry',
    },
    ...limitChoices(l10n, key.scope),
    addressesChoice(l10n, key.scope),
  ];
  const title = titleOf(l10n, key);
  return answered(await input.pick({ title, placeHolder: l10n.t('Limit to change'), choices }));
}

type Change = Pick<ChangeKeyParams, 'scope' | 'expiresAt'>;

async function askExpiry({ input, l10n, now }: ChangeQuestions, key: ApiKey): Promise<Change | Back> {
  const title = titleOf(l10n, key);
  const choice = await input.pick<number | 'date' | null>({
    title,
    place,
    placeHolder: l10n.t('How long should the key work from now on?'),
    choices: [
      ...expiryDays.map((days) => ({ label: daysText(l10n, days), value: now + days * dayMs })),
      { label: l10n.t('Until a Day…'), value: 'date' },
      { label: l10n.t('Until Revoked'), value: null },
    ],
  });
  if (choice === back) return back;
  if (choice !== 'date') return { expiresAt: choice };
  const day = await input.text({
    title,
    place,
    prompt: l10n.t('Last day on which the key works'),
    placeHolder: l10n.t('year-month-day'),
    validate: (text) => dayProblem(l10n, text, now),
  });
  if (day === back) return back;
  return { expiresAt: parseDay(day) ?? null };
}

function titleOf(l10n: Localizer, key: Pick<ApiKey, 'id' | 'label'>): string {
  return l10n.t('Limits of the Key “{0}”', keyLabel(key));
}
