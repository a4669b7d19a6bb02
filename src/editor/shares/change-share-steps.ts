import type { Share } from '../../core/share';
import type { ChangeShareParams } from '../../protocol/sharing-rpc';
import { FieldSteps } from '../input/field-steps';
import { runSteps, type Step } from '../input/run-steps';
import { back, type Choice } from '../input/step-input';
import { limitChoices, type LimitField } from '../keys/limit-steps';
import type { Localizer } from '../localizer';
import { messageText } from '../safe-text';
import { draftOf, encryptionOf, paramsOf, type Encryption, type ShareDraft } from './share-draft';
import { audienceText, endText, shareLabel } from './share-facts';
import {
  audienceQuestions,
  encryptionQuestion,
  endQuestions,
  labelQuestion,
  limitQuestion,
  modelsQuestion,
  routesQuestion,
  typedModelsQuestion,
  type Asking,
  type ShareQuestions,
} from './share-questions';

export interface ShareChange {
  readonly change: ChangeShareParams;
  /** Undefined: as it is. */
  readonly encryption?: Encryption;
}

type Field = 'audience' | 'label' | 'end' | LimitField;

interface ChangeDraft {
  readonly field: Field | undefined;
  readonly share: ShareDraft;
}

/** Asks what to change and what it shall be. Rejects with `cancelled` when dismissed. */
export async function askForShareChange(questions: ShareQuestions, share: Share): Promise<ShareChange> {
  const { input, l10n, now, machine, isUnencrypted } = questions;
  const title = l10n.t('Change the Share “{0}”', messageText(shareLabel(share)));
  const start: ChangeDraft = { field: undefined, share: draftOf(share, machine) };
  const { field, share: draft } = await runSteps(start, [
    new FieldSteps<ChangeDraft>(input, title).pick('field', (before) => ({
      placeHolder: l10n.t('What to change'),
      choices: fieldChoices(l10n, share, now, before.field),
    })),
    ...stepsOf({ input, l10n, title }, questions, share),
  ]);
  const change = { id: share.id, ...changeOf(share, field, draft, now) };
  const encryption = field === 'audience' ? encryptionOf(draft, isUnencrypted) : undefined;
  return encryption === undefined ? { change } : { change, encryption };
}

/** The new end of a share, counted from now; null: none. Rejects with `cancelled` when dismissed. */
export async function askForEnd(
  { input, l10n, now }: Pick<ShareQuestions, 'input' | 'l10n' | 'now'>,
  share: Share,
): Promise<number | null> {
  const title = l10n.t('End of the Share “{0}”', messageText(shareLabel(share)));
  const draft = await runSteps(draftOf(share, []), endQuestions({ input, l10n, title }, now, share));
  return endOf(draft, now);
}

function fieldChoices(l10n: Localizer, share: Share, now: number, picked: Field | undefined): readonly Choice<Field>[] {
  const choices: readonly Choice<Field>[] = [
    { label: l10n.t('Who'), description: audienceText(l10n, share.audience), value: 'audience' },
    { label: l10n.t('Name'), description: messageText(share.label), value: 'label' },
    { label: l10n.t('Until'), description: endText(l10n, share, now), value: 'end' },
    ...limitChoices(l10n, share.limits),
  ];
  return choices.map((choice) => ({ ...choice, isPicked: choice.value === picked }));
}

/** The questions about the field that was chosen; about the others none is asked. */
function stepsOf(asking: Asking, questions: ShareQuestions, share: Share): readonly Step<ChangeDraft>[] {
  const { machine, models, now, isUnencrypted } = questions;
  const table: Readonly<Record<Field, readonly Step<ShareDraft>[]>> = {
    audience: [...audienceQuestions(asking, machine), encryptionQuestion(asking, isUnencrypted)],
    label: [labelQuestion(asking)],
    end: endQuestions(asking, now, share),
    models: [modelsQuestion(asking, models), typedModelsQuestion(asking, models)],
    routes: [routesQuestion(asking)],
    requestsPerMinute: [limitQuestion(asking, 'requestsPerMinute')],
    requestsPerDay: [limitQuestion(asking, 'requestsPerDay')],
    tokensPerDay: [limitQuestion(asking, 'tokensPerDay')],
    concurrency: [limitQuestion(asking, 'concurrency')],
  };
  return (Object.keys(table) as Field[]).flatMap((field) => table[field].map((step) => stepFor(field, step)));
}

function stepFor(field: Field, { ask, isNeeded }: Step<ShareDraft>): Step<ChangeDraft> {
  return {
    isNeeded: (draft) => draft.field === field && isNeeded?.(draft.share) !== false,
    ask: async (draft, place) => {
      const answer = await ask(draft.share, place);
      return answer === back ? back : { ...draft, share: answer };
    },
  };
}

/** What was asked for and nothing else, also where somebody answered something, went back and chose another field. */
function changeOf(
  share: Share,
  field: Field | undefined,
  draft: ShareDraft,
  now: number,
): Omit<ChangeShareParams, 'id'> {
  if (field === undefined) return {};
  if (field === 'end') return { expiresAt: endOf(draft, now) };
  const { label, audience, limits } = paramsOf(draft, now);
  if (field === 'label') return { label };
  if (field === 'audience') return { audience };
  const others = Object.entries(share.limits).filter(([name]) => name !== field);
  const value = limits[field];
  return { limits: { ...Object.fromEntries(others), ...(value === undefined ? {} : { [field]: value }) } };
}

function endOf(draft: ShareDraft, now: number): number | null {
  return paramsOf(draft, now).expiresAt ?? null;
}
