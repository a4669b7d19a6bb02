import type { ExposureScope, MachineAddress } from '../../core/exposure';
import type { TlsMode } from '../../core/tls';
import { FieldSteps } from '../input/field-steps';
import { runSteps, type Step } from '../input/run-steps';
import { back, type Choice, type StepInput } from '../input/step-input';
import type { Localizer } from '../localizer';
import { addressFacts } from './exposure-text';

const hourMs = 60 * 60 * 1000;
/** Lengths of time offered, in hours. */
const offeredHours = [1, 8, 24, 24 * 7] as const;

export interface ExposureQuestions {
  readonly input: StepInput;
  readonly l10n: Localizer;
  readonly now: number;
  readonly addresses: readonly MachineAddress[];
  readonly current: { readonly scope: ExposureScope; readonly addresses: readonly string[] };
  /** How connections of other machines are encrypted now. */
  readonly tlsMode: TlsMode;
  /** A person allowed them to come without encryption. */
  readonly allowsPlainHttp: boolean;
}

/** What a person wants, before it was put before them as a whole. */
export interface ExposureWish {
  readonly scope: ExposureScope;
  /** Chosen ones, for `interfaces`. */
  readonly addresses: readonly string[];
  /** Epoch ms. */
  readonly until?: number;
  /** Undefined: as it is. */
  readonly encryption?: 'self-signed' | 'plain';
}

interface Draft {
  readonly scope: ExposureScope;
  readonly addresses: readonly string[];
  /** 0: until changed. */
  readonly hours: number;
  readonly encryption: 'self-signed' | 'plain' | undefined;
}

/**
 * Who may connect → on which addresses → how long → encrypted or not, the last only where it is not decided. Rejects
 * with `cancelled` when dismissed.
 */
export async function askForExposure(questions: ExposureQuestions): Promise<ExposureWish> {
  const { current, now } = questions;
  const start: Draft = { scope: current.scope, addresses: current.addresses, hours: 0, encryption: undefined };
  const { scope, addresses, hours, encryption } = await runSteps(start, exposureSteps(questions));
  if (scope === 'machine') return { scope, addresses: [] };
  return {
    scope,
    addresses: scope === 'interfaces' ? addresses : [],
    ...(hours === 0 ? {} : { until: now + hours * hourMs }),
    ...(encryption === undefined ? {} : { encryption }),
  };
}

function exposureSteps(questions: ExposureQuestions): readonly Step<Draft>[] {
  const { input, l10n, addresses, tlsMode, allowsPlainHttp } = questions;
  const title = l10n.t('Change Exposure');
  const fields = new FieldSteps<Draft>(input, title);
  const isOpen = ({ scope }: Draft) => scope !== 'machine';
  return [
    fields.pick('scope', (draft) => ({
      placeHolder: l10n.t('Who may connect to the proxy?'),
      choices: scopeChoices(questions, draft.scope),
    })),
    {
      isNeeded: ({ scope }) => scope === 'interfaces',
      ask: async (draft, place) => {
        for (;;) {
          const picked = await input.pickMany({
            title,
            place,
            placeHolder: l10n.t('On which addresses of this machine? Tick at least one.'),
            choices: addresses.map((address) => ({
              label: address.address,
              description: addressFacts(l10n, address),
              value: address.address,
              isPicked: draft.addresses.includes(address.address),
            })),
          });
          if (picked === back) return back;
          if (picked.length > 0) return { ...draft, addresses: picked };
        }
      },
    },
    fields.pick(
      'hours',
      (draft) => ({
        placeHolder: l10n.t('For how long? Then it goes back to this machine only.'),
        choices: lengthChoices(l10n, draft.hours),
      }),
      isOpen,
    ),
    fields.pick(
      'encryption',
      (draft) => ({
        placeHolder: l10n.t('How shall the connection be protected?'),
        choices: encryptionChoices(l10n, draft.encryption),
      }),
      (draft) => isOpen(draft) && tlsMode === 'off' && !allowsPlainHttp,
    ),
  ];
}

function scopeChoices({ l10n, addresses }: ExposureQuestions, chosen: ExposureScope): Choice<ExposureScope>[] {
  const choices: Choice<ExposureScope>[] = [
    {
      label: l10n.t('Only This Machine'),
      detail: l10n.t('Nobody else can connect; shares that need more end'),
      value: 'machine',
    },
    ...(addresses.length === 0
      ? []
      : [
          {
            label: l10n.t('Chosen Addresses…'),
            detail: l10n.t('Machines in the networks of the addresses you tick'),
            value: 'interfaces' as const,
          },
        ]),
    {
      label: l10n.t('All Addresses'),
      detail: l10n.t('Every network this machine is in, now and later'),
      value: 'all',
    },
  ];
  return choices.map((choice) => ({
    ...choice,
    isPicked: choice.value === chosen,
    ...(choice.value === chosen && { description: l10n.t('now') }),
  }));
}

function lengthChoices(l10n: Localizer, chosen: number): Choice<number>[] {
  const length = (hours: number): string => {
    if (hours === 1) return l10n.t('1 hour');
    if (hours < 24) return l10n.t('{0} hours', hours);
    return hours === 24 ? l10n.t('1 day') : l10n.t('{0} days', hours / 24);
  };
  return [
    ...offeredHours.map((hours) => ({ label: length(hours), value: hours, isPicked: hours === chosen })),
    { label: l10n.t('Until I Change It'), value: 0, isPicked: chosen === 0 },
  ];
}

function encryptionChoices(l10n: Localizer, chosen: Draft['encryption']): Choice<'self-signed' | 'plain'>[] {
  return [
    {
      label: l10n.t('With a Certificate of My Own CA'),
      description: l10n.t('recommended'),
      detail: l10n.t('FLM makes it now. Clients are told once to trust it; the command “Export CA Certificate” helps.'),
      value: 'self-signed',
      isPicked: chosen !== 'plain',
    },
    {
      label: l10n.t('Not at All'),
      detail: l10n.t('Everybody on the way can read keys, prompts and answers'),
      value: 'plain',
      isPicked: chosen === 'plain',
    },
  ];
}
