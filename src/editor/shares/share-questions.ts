import type { MachineAddress } from '../../core/exposure';
import type { Share } from '../../core/share';
import { FieldSteps } from '../input/field-steps';
import type { Step } from '../input/run-steps';
import { back, type Choice, type StepInput } from '../input/step-input';
import { labelProblem, parseList } from '../keys/key-checks';
import { dayProblem } from '../keys/key-expiry';
import { numberQuestion, patternsQuestion, type NumberLimit } from '../keys/limit-questions';
import { modelChoices, type ModelOption } from '../keys/model-options';
import { routeChoices } from '../keys/route-groups';
import type { Localizer } from '../localizer';
import {
  audienceChoices,
  audienceOf,
  hasNetworkChoice,
  networkChoices,
  networksPrompt,
  rangesProblem,
} from './audience-steps';
import { amountChoices } from './share-amounts';
import { reachesOut, type Encryption, type ShareDraft } from './share-draft';
import { endChoices } from './share-expiry';
import { audienceText, endText } from './share-facts';

/** Who asks, and above what. */
export interface Asking {
  readonly input: StepInput;
  readonly l10n: Localizer;
  readonly title: string;
}

/** What the questions about a share, new or not, go by. */
export interface ShareQuestions {
  readonly input: StepInput;
  readonly l10n: Localizer;
  readonly now: number;
  readonly models: readonly ModelOption[];
  readonly machine: readonly MachineAddress[];
  /** Nothing encrypts connections, and nobody agreed to that: how they shall be is asked. */
  readonly isUnencrypted: boolean;
}

type Question = Step<ShareDraft>;

/** Who, and what has to be known of them. */
export function audienceQuestions(asking: Asking, machine: readonly MachineAddress[]): readonly Question[] {
  const { l10n } = asking;
  const fields = fieldsOf(asking);
  return [
    fields.pick('audience', ({ audience }) => ({
      placeHolder: l10n.t('Who may use your models?'),
      choices: audienceChoices(l10n, machine, audience),
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
      ({ networks }) => ({
        placeHolder: networksPrompt(l10n),
        choices: networkChoices(l10n, machine, networks),
      }),
      ({ audience }) => audience === 'lan' && hasNetworkChoice(machine),
    ),
  ];
}

export function labelQuestion(asking: Asking): Question {
  const { l10n } = asking;
  return fieldsOf(asking).text('label', ({ label, audience, ranges, networks }) => ({
    prompt: l10n.t('Name of the share, so that you know it again'),
    value: label || audienceText(l10n, audienceOf(audience, ranges, networks)),
    validate: (text) => labelProblem(l10n, text),
  }));
}

/** Not asked while no engine offers any. */
export function modelsQuestion(asking: Asking, options: readonly ModelOption[]): Question {
  return fieldsOf(asking).pickMany(
    'models',
    ({ models }) => ({
      placeHolder: asking.l10n.t('Which models? None ticked: all, also those of tomorrow.'),
      choices: modelChoices(options, models),
    }),
    () => options.length > 0,
  );
}

/** Where {@link modelsQuestion} is not asked. */
export function typedModelsQuestion({ input, l10n, title }: Asking, options: readonly ModelOption[]): Question {
  return {
    isNeeded: () => options.length === 0,
    ask: async (draft, place) => {
      const text = await input.text({ title, place, value: draft.models.join(', '), ...patternsQuestion(l10n) });
      return text === back ? back : { ...draft, models: parseList(text) };
    },
  };
}

export function routesQuestion(asking: Asking): Question {
  const { l10n } = asking;
  return fieldsOf(asking).pickMany('routes', ({ routes }) => ({
    placeHolder: l10n.t('What for? None ticked: everything.'),
    choices: routeChoices(l10n, routes),
  }));
}

export function amountQuestion(asking: Asking): Question {
  const { l10n } = asking;
  return fieldsOf(asking).pick('amount', ({ amount }) => ({
    placeHolder: l10n.t('How much?'),
    choices: amountChoices(l10n, amount),
  }));
}

/** One limit, where each is set by itself. */
export function limitQuestion(asking: Asking, name: NumberLimit): Question {
  return fieldsOf(asking).text(
    name,
    () => numberQuestion(asking.l10n, name),
    ({ amount }) => amount === 'own',
  );
}

/** Until when. @param share the one that lasts until then; undefined: a new one */
export function endQuestions(asking: Asking, now: number, share?: Share): readonly Question[] {
  const { l10n } = asking;
  const fields = fieldsOf(asking);
  return [
    fields.pick('end', ({ end }) => ({
      placeHolder:
        share === undefined
          ? l10n.t('Until when? It ends by itself then.')
          : l10n.t('Now: {0}. How long from now on?', endText(l10n, share, now)),
      choices: endChoices(l10n, now, end),
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

/** Asked where nothing encrypts connections yet, and somebody else will connect. */
export function encryptionQuestion(asking: Asking, isUnencrypted: boolean): Question {
  const { l10n } = asking;
  return fieldsOf(asking).pick(
    'encryption',
    ({ encryption }) => ({
      placeHolder: l10n.t('Connections are not encrypted yet. How should they be?'),
      choices: encryptionChoices(l10n, encryption),
    }),
    (draft) => isUnencrypted && reachesOut(draft),
  );
}

function fieldsOf({ input, title }: Asking): FieldSteps<ShareDraft> {
  return new FieldSteps(input, title);
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
