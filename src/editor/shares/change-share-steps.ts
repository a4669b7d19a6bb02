import type { MachineAddress } from '../../core/exposure';
import type { Share } from '../../core/share';
import type { ChangeShareParams } from '../../protocol/sharing-rpc';
import { answered } from '../input/questions';
import { back, type Back, type Choice, type StepInput } from '../input/step-input';
import { labelProblem } from '../keys/key-checks';
import { askForLimit, limitChoices, type LimitField } from '../keys/limit-steps';
import type { ModelOption } from '../keys/model-options';
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
import { audienceText, shareLabel } from './share-facts';

export interface ChangeShareQuestions {
  readonly input: StepInput;
  readonly l10n: Localizer;
  readonly now: number;
  readonly models: readonly ModelOption[];
  readonly machine: readonly MachineAddress[];
}

type Field = 'audience' | 'label' | LimitField;

const place = { step: 2, totalSteps: 2 };

/** Asks what to change and what it shall be; the end has a command of its own. Rejects with `cancelled` when dismissed. */
export async function askForShareChange(questions: ChangeShareQuestions, share: Share): Promise<ChangeShareParams> {
  const { input, l10n } = questions;
  const choices: readonly Choice<Field>[] = [
    { label: l10n.t('Who'), description: audienceText(l10n, share.audience), value: 'audience' },
    { label: l10n.t('Name'), description: messageText(share.label), value: 'label' },
    ...limitChoices(l10n, share.limits),
  ];
  for (;;) {
    const title = titleOf(l10n, share);
    const field = answered(await input.pick({ title, placeHolder: l10n.t('What to change'), choices }));
    const change = await askFor(questions, share, field);
    if (change !== back) return { id: share.id, ...change };
  }
}

type Change = Omit<ChangeShareParams, 'id'>;

async function askFor(questions: ChangeShareQuestions, share: Share, field: Field): Promise<Change | Back> {
  if (field === 'audience') return askAudience(questions, share);
  const { input, l10n } = questions;
  const title = titleOf(l10n, share);
  if (field === 'label') {
    const prompt = l10n.t('Name of the share, so that you know it again');
    const validate = (text: string) => labelProblem(l10n, text);
    const label = await input.text({ title, place, prompt, value: share.label, validate });
    return label === back ? back : { label: label.trim() };
  }
  const limits = await askForLimit(questions, title, share.limits, field);
  return limits === back ? back : { limits };
}

async function askAudience({ input, l10n, machine }: ChangeShareQuestions, share: Share): Promise<Change | Back> {
  const title = titleOf(l10n, share);
  const choices = audienceChoices(l10n, machine, share.audience.type);
  const type = await input.pick({ title, place, placeHolder: l10n.t('Who may use your models?'), choices });
  if (type === back) return back;
  if (type === 'lan' && hasNetworkChoice(machine)) {
    const picked = share.audience.type === 'lan' ? (share.audience.interfaces ?? []) : [];
    const networks = await input.pickMany({
      title,
      place,
      placeHolder: networksPrompt(l10n),
      choices: networkChoices(l10n, machine, picked),
    });
    return networks === back ? back : { audience: audienceOf(type, '', networks) };
  }
  if (type !== 'addresses') return { audience: audienceOf(type, '') };
  const ranges = await input.text({
    title,
    place,
    prompt: l10n.t('Address of the other machine, or a range; several with commas'),
    value: share.audience.type === 'addresses' ? share.audience.ranges.join(', ') : '',
    validate: (text) => rangesProblem(l10n, text),
  });
  return ranges === back ? back : { audience: audienceOf(type, ranges) };
}

function titleOf(l10n: Localizer, share: Share): string {
  return l10n.t('Change the Share “{0}”', messageText(shareLabel(share)));
}
