import { formatAge } from '../format';
import { runSteps, type Step } from '../input/run-steps';
import { back, type Choice, type StepInput } from '../input/step-input';
import type { Localizer } from '../localizer';
import type { AddBlockParams } from '../../protocol/security-rpc';
import { blockProblem, readRange } from './range-checks';

const minuteMs = 60_000;

/** One address, an IPv4 and an IPv6 range, from the ranges for documentation (RFC 5737, RFC 3849). */
const example = '203.0.113.9, 203.0.113.0/24, 2001:db8::/64';

/** Lengths offered for a block made by hand, in minutes. */
const lengths = [30, 60, 24 * 60, 7 * 24 * 60] as const;

interface Draft {
  readonly range: string;
  readonly minutes: number | undefined;
  readonly note: string;
}

export interface BlockQuestions {
  readonly input: StepInput;
  readonly l10n: Localizer;
  readonly now: number;
  /** Known already: the question is left out. */
  readonly range?: string;
}

/** Range → length → note. Rejects with `cancelled` when dismissed. */
export async function askForBlock({ input, l10n, now, range }: BlockQuestions): Promise<AddBlockParams> {
  const title = l10n.t('Block an Address');
  const steps: readonly Step<Draft>[] = [
    {
      isNeeded: () => range === undefined,
      ask: async (draft, place) => {
        const text = await input.text({
          title,
          place,
          prompt: l10n.t('Address or range to block; a valid API key does not help against it'),
          placeHolder: example,
          value: draft.range,
          validate: (value) => blockProblem(l10n, value),
        });
        return text === back ? back : { ...draft, range: text };
      },
    },
    {
      ask: async (draft, place) => {
        const choices = lengthChoices(l10n, draft.minutes);
        const minutes = await input.pick({ title, place, placeHolder: l10n.t('For how long?'), choices });
        return minutes === back ? back : { ...draft, minutes };
      },
    },
    {
      ask: async (draft, place) => {
        const note = await input.text({
          title,
          place,
          prompt: l10n.t('Note for yourself; may stay empty'),
          value: draft.note,
          isOptional: true,
        });
        return note === back ? back : { ...draft, note: note.trim() };
      },
    },
  ];
  const draft = await runSteps<Draft>({ range: range ?? '', minutes: 24 * 60, note: '' }, steps);
  return {
    range: readRange(draft.range)?.text ?? draft.range,
    ...(draft.minutes === undefined ? {} : { expiresAt: now + draft.minutes * minuteMs }),
    ...(draft.note === '' ? {} : { note: draft.note }),
  };
}

/** Lengths of a block as choices; undefined: until lifted. */
export function lengthChoices(l10n: Localizer, picked: number | undefined): readonly Choice<number | undefined>[] {
  return [
    ...lengths.map((minutes) => ({
      label: formatAge(l10n, minutes * minuteMs),
      value: minutes,
      isPicked: minutes === picked,
    })),
    { label: l10n.t('Until Lifted'), value: undefined, isPicked: picked === undefined },
  ];
}
