import type { ApiKey, KeyScope } from '../../core/api-key';
import type { ChangeKeyParams } from '../../protocol/security-rpc';
import { formatTime } from '../format';
import { answered } from '../input/questions';
import { back, type Back, type Choice, type StepInput } from '../input/step-input';
import type { Localizer } from '../localizer';
import { addressesProblem, limitProblem, parseLimit, parseList, patternsProblem } from './key-checks';
import { dayMs, dayProblem, daysText, expiryDays, parseDay } from './key-expiry';
import { keyLabel, scopeLines } from './key-facts';
import { modelChoices, type ModelOption } from './model-options';
import { groupsOf, routeChoices, routesOf } from './route-groups';

export interface ChangeQuestions {
  readonly input: StepInput;
  readonly l10n: Localizer;
  readonly now: number;
  readonly models: readonly ModelOption[];
}

type ListField = 'models' | 'routes' | 'addresses';
type NumberField = 'requestsPerMinute' | 'requestsPerDay' | 'tokensPerDay' | 'concurrency';
type Field = ListField | NumberField | 'expiry';

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

async function askField({ input, l10n, now }: ChangeQuestions, key: ApiKey): Promise<Field> {
  const lines = new Map(scopeLines(l10n, key.scope));
  const none = l10n.t('no limit');
  const limit = (label: string, value: Field): Choice<Field> => ({
    label,
    description: lines.get(label) ?? none,
    value,
  });
  const expiry = key.expiresAt === undefined ? l10n.t('until revoked') : formatTime(key.expiresAt, l10n.language);
  const choices: readonly Choice<Field>[] = [
    {
      label: l10n.t('Expiry'),
      description: key.expiresAt !== undefined && key.expiresAt <= now ? l10n.t('expired {0}', expiry) : expiry,
      value: 'expiry',
    },
    limit(l10n.t('Models'), 'models'),
    limit(l10n.t('Routes'), 'routes'),
    limit(l10n.t('Requests per minute'), 'requestsPerMinute'),
    limit(l10n.t('Requests per day'), 'requestsPerDay'),
    limit(l10n.t('Tokens per day'), 'tokensPerDay'),
    limit(l10n.t('Requests at once'), 'concurrency'),
    limit(l10n.t('Addresses'), 'addresses'),
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

async function askScope(
  questions: ChangeQuestions,
  key: ApiKey,
  field: ListField | NumberField,
): Promise<Change | Back> {
  const value = isListField(field) ? await askList(questions, key, field) : await askNumber(questions, key, field);
  if (value === back) return back;
  const others: KeyScope = Object.fromEntries(Object.entries(key.scope).filter(([name]) => name !== field));
  const isEmpty = value === undefined || (Array.isArray(value) && value.length === 0);
  return { scope: isEmpty ? others : { ...others, [field]: value } };
}

function isListField(field: ListField | NumberField): field is ListField {
  return field === 'models' || field === 'routes' || field === 'addresses';
}

async function askList(
  { input, l10n, models }: ChangeQuestions,
  { scope, ...key }: ApiKey,
  field: ListField,
): Promise<readonly string[] | Back> {
  const title = titleOf(l10n, key);
  if (field === 'models' && models.length > 0) {
    const placeHolder = l10n.t('Which models may it use? None ticked: all, also those of tomorrow.');
    return input.pickMany({ title, place, placeHolder, choices: modelChoices(models, scope.models ?? []) });
  }
  if (field === 'routes') {
    const placeHolder = l10n.t('What may it be used for? None ticked: everything.');
    const choices = routeChoices(l10n, groupsOf(scope.routes ?? []));
    const groups = await input.pickMany({ title, place, placeHolder, choices });
    return groups === back ? back : routesOf(groups);
  }
  const isAddresses = field === 'addresses';
  const text = await input.text({
    title,
    place,
    prompt: isAddresses
      ? l10n.t('Addresses and ranges the key may be used from; empty: from anywhere')
      : l10n.t('Model ids, * for any characters; empty: all models'),
    placeHolder: isAddresses ? '192.168.1.20, 10.0.0.0/8' : 'ollama/*',
    value: (scope[field] ?? []).join(', '),
    isOptional: true,
    validate: (value) => (isAddresses ? addressesProblem(l10n, value) : patternsProblem(l10n, value)),
  });
  return text === back ? back : parseList(text);
}

async function askNumber(
  { input, l10n }: ChangeQuestions,
  key: ApiKey,
  field: NumberField,
): Promise<KeyScope[NumberField] | Back> {
  const prompts: Record<NumberField, string> = {
    requestsPerMinute: l10n.t('Requests per minute; empty: no limit of its own'),
    requestsPerDay: l10n.t('Requests per day, counted anew from 00:00 UTC; empty: no limit'),
    tokensPerDay: l10n.t('Tokens per day, in and out together; empty: no limit'),
    concurrency: l10n.t('Requests answered at the same time; empty: no limit of its own'),
  };
  const text = await input.text({
    title: titleOf(l10n, key),
    place,
    prompt: prompts[field],
    value: String(key.scope[field] ?? ''),
    isOptional: true,
    validate: (value) => limitProblem(l10n, value),
  });
  return text === back ? back : parseLimit(text);
}

function titleOf(l10n: Localizer, key: Pick<ApiKey, 'id' | 'label'>): string {
  return l10n.t('Limits of the Key “{0}”', keyLabel(key));
}
