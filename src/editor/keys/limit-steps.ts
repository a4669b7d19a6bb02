import type { KeyScope } from '../../core/api-key';
import { back, type Back, type Choice, type StepInput } from '../input/step-input';
import type { Localizer } from '../localizer';
import { parseLimit, parseList } from './key-checks';
import { scopeLines } from './key-facts';
import { addressesQuestion, numberQuestion, patternsQuestion, type NumberLimit } from './limit-questions';
import { modelChoices, type ModelOption } from './model-options';
import { groupsOf, routeChoices, routesOf } from './route-groups';

export interface LimitQuestions {
  readonly input: StepInput;
  readonly l10n: Localizer;
  readonly models: readonly ModelOption[];
}

type ListField = 'models' | 'routes' | 'addresses';
type ScopeField = ListField | NumberLimit;
/** What keys and shares have alike. Who may use a share is a question of its own. */
export type LimitField = Exclude<ScopeField, 'addresses'>;

const place = { step: 2, totalSteps: 2 };

/** The limits to choose one from, with what they are now. */
export function limitChoices(l10n: Localizer, scope: KeyScope): readonly Choice<LimitField>[] {
  const limit = (label: string, value: LimitField) => scopeChoice(l10n, scope, label, value);
  return [
    limit(l10n.t('Models'), 'models'),
    limit(l10n.t('Routes'), 'routes'),
    limit(l10n.t('Requests per minute'), 'requestsPerMinute'),
    limit(l10n.t('Requests per day'), 'requestsPerDay'),
    limit(l10n.t('Tokens per day'), 'tokensPerDay'),
    limit(l10n.t('Requests at once'), 'concurrency'),
  ];
}

export function addressesChoice(l10n: Localizer, scope: KeyScope): Choice<'addresses'> {
  return scopeChoice(l10n, scope, l10n.t('Addresses'), 'addresses');
}

/** Asks what one limit shall be; answers all of them with that one changed. */
export async function askForLimit(
  questions: LimitQuestions,
  title: string,
  scope: KeyScope,
  field: ScopeField,
): Promise<KeyScope | Back> {
  const value = isListField(field)
    ? await askList(questions, title, scope, field)
    : await askNumber(questions, title, scope, field);
  if (value === back) return back;
  const others: KeyScope = Object.fromEntries(Object.entries(scope).filter(([name]) => name !== field));
  const isEmpty = value === undefined || (Array.isArray(value) && value.length === 0);
  return isEmpty ? others : { ...others, [field]: value };
}

function scopeChoice<F extends ScopeField>(l10n: Localizer, scope: KeyScope, label: string, value: F): Choice<F> {
  const lines = new Map(scopeLines(l10n, scope));
  return { label, description: lines.get(label) ?? l10n.t('no limit'), value };
}

function isListField(field: ScopeField): field is ListField {
  return field === 'models' || field === 'routes' || field === 'addresses';
}

async function askList(
  { input, l10n, models }: LimitQuestions,
  title: string,
  scope: KeyScope,
  field: ListField,
): Promise<readonly string[] | Back> {
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
  const text = await input.text({
    title,
    place,
    value: (scope[field] ?? []).join(', '),
    ...(field === 'addresses' ? addressesQuestion(l10n) : patternsQuestion(l10n)),
  });
  return text === back ? back : parseList(text);
}

async function askNumber(
  { input, l10n }: LimitQuestions,
  title: string,
  scope: KeyScope,
  field: NumberLimit,
): Promise<KeyScope[NumberLimit] | Back> {
  const text = await input.text({ title, place, value: String(scope[field] ?? ''), ...numberQuestion(l10n, field) });
  return text === back ? back : parseLimit(text);
}
