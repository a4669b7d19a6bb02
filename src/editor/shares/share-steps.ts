import type { MachineAddress } from '../../core/exposure';
import { FieldSteps } from '../input/field-steps';
import { runSteps, type Step } from '../input/run-steps';
import type { Choice, StepInput } from '../input/step-input';
import { labelProblem, limitProblem } from '../keys/key-checks';
import { dayProblem } from '../keys/key-expiry';
import { modelChoices, type ModelOption } from '../keys/model-options';
import { routeChoices } from '../keys/route-groups';
import type { Localizer } from '../localizer';
import { messageText } from '../safe-text';
import {
  audienceChoices,
  audienceOf,
  hasNetworkChoice,
  networkChoices,
  networksPrompt,
  rangesProblem,
} from './audience-steps';
import { amountChoices, type AmountLimit } from './share-amounts';
import { blankDraft, reachesOut, type Encryption, type ShareDraft } from './share-draft';
import { endChoices } from './share-expiry';
import { audienceText } from './share-facts';

export interface ShareQuestions {
  readonly input: StepInput;
  readonly l10n: Localizer;
  readonly now: number;
  readonly models: readonly ModelOption[];
  readonly machine: readonly MachineAddress[];
  /** Nothing encrypts connections yet: how they shall be is asked. */
  readonly isUnencrypted: boolean;
}

/** Who → what → how much → until when. Rejects with `cancelled` when dismissed. */
export function askForShare(questions: ShareQuestions): Promise<ShareDraft> {
  return runSteps(blankDraft, [
    ...whoSteps(questions),
    ...whatSteps(questions),
    ...amountSteps(questions),
    ...endSteps(questions),
    encryptionStep(questions),
  ]);
}

function whoSteps({ input, l10n, machine }: ShareQuestions): readonly Step<ShareDraft>[] {
  const fields = fieldsOf(input, l10n);
  return [
    fields.pick('audience', (draft) => ({
      placeHolder: l10n.t('Who may use your models?'),
      choices: audienceChoices(l10n, machine, draft.audience),
    })),
    fields.text(
      'ranges',
      () => ({
        prompt: l10n.t('Address of the other machine, or a range; several with commas'),
        placeHolder: '192.168.1.20, 10.0.0.0/8',
        validate: (text) => rangesProblem(l10n, text),
      }),
      ({ audience }) => audience === 'addresses',
    ),
    fields.pickMany(
      'networks',
      (draft) => ({
        placeHolder: networksPrompt(l10n),
        choices: networkChoices(l10n, machine, draft.networks),
      }),
      ({ audience }) => audience === 'lan' && hasNetworkChoice(machine),
    ),
    fields.text('label', (draft) => ({
      prompt: l10n.t('Name of the share, so that you know it again'),
      value: draft.label || audienceText(l10n, audienceOf(draft.audience, draft.ranges, draft.networks)),
      validate: (text) => labelProblem(l10n, text),
    })),
  ];
}

function whatSteps({ input, l10n, models }: ShareQuestions): readonly Step<ShareDraft>[] {
  const fields = fieldsOf(input, l10n);
  return [
    fields.pickMany(
      'models',
      (draft) => ({
        placeHolder: l10n.t('Which models? None ticked: all, also those of tomorrow.'),
        choices: modelChoices(models, draft.models),
      }),
      () => models.length > 0,
    ),
    fields.pickMany('routes', (draft) => ({
      placeHolder: l10n.t('What for? None ticked: everything.'),
      choices: routeChoices(l10n, draft.routes),
    })),
  ];
}

function amountSteps({ input, l10n }: ShareQuestions): readonly Step<ShareDraft>[] {
  const fields = fieldsOf(input, l10n);
  const limit = (name: AmountLimit, prompt: string, placeHolder: string): Step<ShareDraft> => {
    const validate = (text: string) => limitProblem(l10n, text);
    return fields.text(
      name,
      () => ({ prompt, placeHolder, validate, isOptional: true }),
      ({ amount }) => amount === 'own',
    );
  };
  return [
    fields.pick('amount', (draft) => ({
      placeHolder: l10n.t('How much?'),
      choices: amountChoices(l10n, draft.amount),
    })),
    limit('requestsPerMinute', l10n.t('Requests per minute; empty: no limit of its own'), '60'),
    limit('requestsPerDay', l10n.t('Requests per day, counted anew from 00:00 UTC; empty: no limit'), '200'),
    limit('tokensPerDay', l10n.t('Tokens per day, in and out together; empty: no limit'), '100000'),
    limit('concurrency', l10n.t('Requests answered at the same time; empty: no limit of its own'), '1'),
  ];
}

function endSteps({ input, l10n, now }: ShareQuestions): readonly Step<ShareDraft>[] {
  const fields = fieldsOf(input, l10n);
  return [
    fields.pick('end', (draft) => ({
      placeHolder: l10n.t('Until when? It ends by itself then.'),
      choices: endChoices(l10n, now, draft.end),
    })),
    fields.text(
      'lastDay',
      () => ({
        prompt: l10n.t('Last day of the share'),
        placeHolder: l10n.t('year-month-day'),
        validate: (text) => dayProblem(l10n, text, now),
      }),
      ({ end }) => end === 'date',
    ),
  ];
}

function encryptionStep({ input, l10n, isUnencrypted }: ShareQuestions): Step<ShareDraft> {
  return fieldsOf(input, l10n).pick(
    'encryption',
    (draft) => ({
      placeHolder: l10n.t('Connections are not encrypted yet. How should they be?'),
      choices: encryptionChoices(l10n, draft.encryption),
    }),
    (draft) => isUnencrypted && reachesOut(draft),
  );
}

function encryptionChoices(l10n: Localizer, picked: Encryption): readonly Choice<Encryption>[] {
  const choices: readonly Choice<Encryption>[] = [
    {
      label: `$(lock) ${l10n.t('Encrypt with a Certificate of FLM')}`,
      description: l10n.t('recommended'),
      detail: l10n.t('The other side has to trust it once; FLM says how'),
      value: 'self-signed',
    },
    {
      label: `$(unlock) ${l10n.t('Do Not Encrypt')}`,
      detail: l10n.t('Whoever is on the way can read the key, the questions and the answers'),
      value: 'plain',
    },
  ];
  return choices.map((choice) => ({ ...choice, isPicked: choice.value === picked }));
}

function fieldsOf(input: StepInput, l10n: Localizer): FieldSteps<ShareDraft> {
  return new FieldSteps(input, messageText(l10n.t('Share Your Models')));
}
