import type { MachineAddress } from '../../core/exposure';
import { runSteps, type Step } from '../input/run-steps';
import { back, type Choice, type StepInput } from '../input/step-input';
import { labelProblem, limitProblem } from '../keys/key-checks';
import { dayProblem } from '../keys/key-expiry';
import { modelChoices, type ModelOption } from '../keys/model-options';
import { routeChoices } from '../keys/route-groups';
import type { Localizer } from '../localizer';
import { messageText } from '../safe-text';
import { audienceChoices, audienceOf, rangesProblem } from './audience-steps';
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
  const title = titleOf(l10n);
  return [
    {
      ask: async (draft, place) => {
        const choices = audienceChoices(l10n, machine, draft.audience);
        const audience = await input.pick({ title, place, placeHolder: l10n.t('Who may use your models?'), choices });
        return audience === back ? back : { ...draft, audience };
      },
    },
    {
      isNeeded: ({ audience }) => audience === 'addresses',
      ask: async (draft, place) => {
        const ranges = await input.text({
          title,
          place,
          prompt: l10n.t('Address of the other machine, or a range; several with commas'),
          placeHolder: '192.168.1.20, 10.0.0.0/8',
          value: draft.ranges,
          validate: (text) => rangesProblem(l10n, text),
        });
        return ranges === back ? back : { ...draft, ranges: ranges.trim() };
      },
    },
    {
      ask: async (draft, place) => {
        const label = await input.text({
          title,
          place,
          prompt: l10n.t('Name of the share, so that you know it again'),
          value: draft.label || audienceText(l10n, audienceOf(draft.audience, draft.ranges)),
          validate: (text) => labelProblem(l10n, text),
        });
        return label === back ? back : { ...draft, label: label.trim() };
      },
    },
  ];
}

function whatSteps({ input, l10n, models }: ShareQuestions): readonly Step<ShareDraft>[] {
  const title = titleOf(l10n);
  return [
    {
      isNeeded: () => models.length > 0,
      ask: async (draft, place) => {
        const picked = await input.pickMany({
          title,
          place,
          placeHolder: l10n.t('Which models? None ticked: all, also those of tomorrow.'),
          choices: modelChoices(models, draft.models),
        });
        return picked === back ? back : { ...draft, models: picked };
      },
    },
    {
      ask: async (draft, place) => {
        const routes = await input.pickMany({
          title,
          place,
          placeHolder: l10n.t('What for? None ticked: everything.'),
          choices: routeChoices(l10n, draft.routes),
        });
        return routes === back ? back : { ...draft, routes };
      },
    },
  ];
}

function amountSteps({ input, l10n }: ShareQuestions): readonly Step<ShareDraft>[] {
  const title = titleOf(l10n);
  const limit = (name: AmountLimit, prompt: string, placeHolder: string): Step<ShareDraft> => ({
    isNeeded: ({ amount }) => amount === 'own',
    ask: async (draft, place) => {
      const validate = (text: string) => limitProblem(l10n, text);
      const value = await input.text({
        title,
        place,
        prompt,
        placeHolder,
        validate,
        value: draft[name],
        isOptional: true,
      });
      return value === back ? back : { ...draft, [name]: value.trim() };
    },
  });
  return [
    {
      ask: async (draft, place) => {
        const choices = amountChoices(l10n, draft.amount);
        const amount = await input.pick({ title, place, placeHolder: l10n.t('How much?'), choices });
        return amount === back ? back : { ...draft, amount };
      },
    },
    limit('requestsPerMinute', l10n.t('Requests per minute; empty: no limit of its own'), '60'),
    limit('requestsPerDay', l10n.t('Requests per day, counted anew from 00:00 UTC; empty: no limit'), '200'),
    limit('tokensPerDay', l10n.t('Tokens per day, in and out together; empty: no limit'), '100000'),
    limit('concurrency', l10n.t('Requests answered at the same time; empty: no limit of its own'), '1'),
  ];
}

function endSteps({ input, l10n, now }: ShareQuestions): readonly Step<ShareDraft>[] {
  const title = titleOf(l10n);
  return [
    {
      ask: async (draft, place) => {
        const choices = endChoices(l10n, now, draft.end);
        const end = await input.pick({
          title,
          place,
          placeHolder: l10n.t('Until when? It ends by itself then.'),
          choices,
        });
        return end === back ? back : { ...draft, end };
      },
    },
    {
      isNeeded: ({ end }) => end === 'date',
      ask: async (draft, place) => {
        const lastDay = await input.text({
          title,
          place,
          prompt: l10n.t('Last day of the share'),
          placeHolder: l10n.t('year-month-day'),
          value: draft.lastDay,
          validate: (text) => dayProblem(l10n, text, now),
        });
        return lastDay === back ? back : { ...draft, lastDay };
      },
    },
  ];
}

function encryptionStep({ input, l10n, isUnencrypted }: ShareQuestions): Step<ShareDraft> {
  return {
    isNeeded: (draft) => isUnencrypted && reachesOut(draft),
    ask: async (draft, place) => {
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
      const encryption = await input.pick({
        title: titleOf(l10n),
        place,
        placeHolder: l10n.t('Connections are not encrypted yet. How should they be?'),
        choices: choices.map((choice) => ({ ...choice, isPicked: choice.value === draft.encryption })),
      });
      return encryption === back ? back : { ...draft, encryption };
    },
  };
}

function titleOf(l10n: Localizer): string {
  return messageText(l10n.t('Share Your Models'));
}
