import type { KeyScope } from '../../core/api-key';
import type { CreateKeyParams } from '../../protocol/security-rpc';
import { FieldSteps } from '../input/field-steps';
import { runSteps, type Step } from '../input/run-steps';
import type { StepInput } from '../input/step-input';
import type { Localizer } from '../localizer';
import { labelProblem, parseLimit, parseList } from './key-checks';
import { addressesQuestion, numberQuestion, type NumberLimit } from './limit-questions';
import { modelChoices, type ModelOption } from './model-options';
import { routeChoices, routesOf, type RouteGroup } from './route-groups';
import { dayMs, dayProblem, daysText, expiryDays, parseDay } from './key-expiry';

export interface KeyQuestions {
  readonly input: StepInput;
  readonly l10n: Localizer;
  readonly now: number;
  readonly models: readonly ModelOption[];
  /** Labels in use, to warn of two keys with one name. */
  readonly labels: readonly string[];
}

type Expiry = { readonly days: number } | 'date' | 'never';

interface Draft {
  readonly label: string;
  readonly expiry: Expiry;
  readonly lastDay: string;
  readonly models: readonly string[];
  readonly asksLimits: boolean;
  readonly routes: readonly RouteGroup[];
  readonly requestsPerMinute: string;
  readonly requestsPerDay: string;
  readonly tokensPerDay: string;
  readonly addresses: string;
}

const blank: Draft = {
  label: '',
  expiry: { days: 30 },
  lastDay: '',
  models: [],
  asksLimits: false,
  routes: [],
  requestsPerMinute: '',
  requestsPerDay: '',
  tokensPerDay: '',
  addresses: '',
};

/** Label → expiry → models → limits, the last only on demand. Rejects with `cancelled` when dismissed. */
export async function askForKey(questions: KeyQuestions): Promise<CreateKeyParams> {
  const draft = await runSteps(blank, keySteps(questions));
  return paramsOf(draft, questions.now);
}

function keySteps(questions: KeyQuestions): readonly Step<Draft>[] {
  const { input, l10n, now, models } = questions;
  const title = l10n.t('Create an API Key');
  const fields = new FieldSteps<Draft>(input, title);
  const asksLimits = (draft: Draft) => draft.asksLimits;
  const limit = (name: Exclude<NumberLimit, 'concurrency'>): Step<Draft> =>
    fields.text(name, () => numberQuestion(l10n, name), asksLimits);
  return [
    fields.text('label', () => ({
      prompt: l10n.t('Who or what is the key for? You can revoke it any time.'),
      placeHolder: l10n.t('tablet'),
      validate: (value) => labelProblem(l10n, value) ?? duplicateProblem(questions, value),
    })),
    fields.pick('expiry', (draft) => ({
      placeHolder: l10n.t('How long should the key work?'),
      choices: expiryChoices(l10n, draft.expiry),
    })),
    fields.text(
      'lastDay',
      () => ({
        prompt: l10n.t('Last day on which the key works'),
        placeHolder: l10n.t('year-month-day'),
        validate: (value) => dayProblem(l10n, value, now),
      }),
      (draft) => draft.expiry === 'date',
    ),
    fields.pickMany(
      'models',
      (draft) => ({
        placeHolder: l10n.t('Which models may it use? None ticked: all, also those of tomorrow.'),
        choices: modelChoices(models, draft.models),
      }),
      () => models.length > 0,
    ),
    fields.pick('asksLimits', (draft) => ({
      placeHolder: l10n.t('Should the key have further limits?'),
      choices: [
        { label: l10n.t('Create the Key'), value: false, isPicked: !draft.asksLimits },
        {
          label: l10n.t('Set Further Limits…'),
          detail: l10n.t('Routes, requests per minute and day, tokens per day, addresses'),
          value: true,
          isPicked: draft.asksLimits,
        },
      ],
    })),
    fields.pickMany(
      'routes',
      (draft) => ({
        placeHolder: l10n.t('What may it be used for? None ticked: everything.'),
        choices: routeChoices(l10n, draft.routes),
      }),
      asksLimits,
    ),
    limit('requestsPerMinute'),
    limit('requestsPerDay'),
    limit('tokensPerDay'),
    fields.text('addresses', () => addressesQuestion(l10n), asksLimits),
  ];
}

function duplicateProblem({ l10n, labels }: KeyQuestions, label: string): string | undefined {
  return labels.includes(label.trim()) ? l10n.t('Another key has this name already.') : undefined;
}

function expiryChoices(l10n: Localizer, chosen: Expiry): { label: string; value: Expiry; isPicked: boolean }[] {
  const picked = typeof chosen === 'object' ? chosen.days : chosen;
  return [
    ...expiryDays.map((days) => ({ label: daysText(l10n, days), value: { days }, isPicked: picked === days })),
    { label: l10n.t('Until a Day…'), value: 'date', isPicked: picked === 'date' },
    { label: l10n.t('Until Revoked'), value: 'never', isPicked: picked === 'never' },
  ];
}

function paramsOf(draft: Draft, now: number): CreateKeyParams {
  const expiresAt = expiryOf(draft, now);
  return {
    label: draft.label,
    kind: 'normal',
    scope: scopeOf(draft),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

function expiryOf({ expiry, lastDay }: Draft, now: number): number | undefined {
  if (expiry === 'never') return undefined;
  return expiry === 'date' ? parseDay(lastDay) : now + expiry.days * dayMs;
}

/** Limits that were asked for and then left aside do not count. */
function scopeOf(draft: Draft): KeyScope {
  const models = draft.models.length === 0 ? {} : { models: draft.models };
  if (!draft.asksLimits) return models;
  const requestsPerMinute = parseLimit(draft.requestsPerMinute);
  const requestsPerDay = parseLimit(draft.requestsPerDay);
  const tokensPerDay = parseLimit(draft.tokensPerDay);
  const addresses = parseList(draft.addresses);
  return {
    ...models,
    ...(draft.routes.length === 0 ? {} : { routes: routesOf(draft.routes) }),
    ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
    ...(requestsPerDay === undefined ? {} : { requestsPerDay }),
    ...(tokensPerDay === undefined ? {} : { tokensPerDay }),
    ...(addresses.length === 0 ? {} : { addresses }),
  };
}
