import { FlmError } from '../../core/errors';
import type { TlsPolicy } from '../../core/tls';
import { FieldSteps } from '../input/field-steps';
import { runSteps, type Step } from '../input/run-steps';
import { back, type Back, type Choice, type StepInput, type StepPlace } from '../input/step-input';
import type { Localizer } from '../localizer';
import { challengeChoices, directoryChoices, modeChoices } from './tls-choices';
import { draftOf, policyOf, type TlsDraft } from './tls-draft';

export interface TlsQuestions {
  readonly input: StepInput;
  readonly l10n: Localizer;
  /** What is set now. */
  readonly current: TlsPolicy;
}

/** Where Let's Encrypt publishes its subscriber agreement. */
export const letsEncryptTerms = 'https://letsencrypt.org/repository/';

type TextField = 'certFile' | 'keyFile' | 'directoryUrl' | 'caFile' | 'domain' | 'email' | 'httpPort' | 'dnsHook';

/**
 * How the connection of other machines is encrypted, and what that way needs. Answers the whole `tls` part of the
 * policy; the gateway checks names and files. Rejects with `cancelled` when dismissed, or when the terms of an ACME
 * server are not accepted.
 */
export async function askForTls(questions: TlsQuestions): Promise<TlsPolicy> {
  return policyOf(await runSteps(draftOf(questions.current), tlsSteps(questions)), questions.current);
}

function tlsSteps({ input, l10n }: TlsQuestions): readonly Step<TlsDraft>[] {
  const title = l10n.t('Set Up TLS');
  const fields = new FieldSteps<TlsDraft>(input, title);
  const isAcme = ({ mode }: TlsDraft) => mode === 'acme';
  const text = (
    name: TextField,
    prompt: string,
    placeHolder: string,
    isNeeded: (draft: TlsDraft) => boolean,
    validate: (value: string) => string | undefined,
    isOptional = false,
  ): Step<TlsDraft> => fields.text(name, () => ({ prompt, placeHolder, validate, isOptional }), isNeeded);
  const pick = <K extends 'mode' | 'directory' | 'challenge'>(
    name: K,
    placeHolder: string,
    choices: readonly Choice<TlsDraft[K]>[],
    isNeeded?: (draft: TlsDraft) => boolean,
  ): Step<TlsDraft> =>
    fields.pick(
      name,
      (draft) => ({
        placeHolder,
        choices: choices.map((choice) => ({ ...choice, isPicked: choice.value === draft[name] })),
      }),
      isNeeded,
    );
  return [
    pick('mode', l10n.t('How shall connections of other machines be encrypted?'), modeChoices(l10n)),
    text(
      'certFile',
      l10n.t('Certificate file (PEM): yours first, then its chain'),
      '/etc/ssl/flm/fullchain.pem',
      ({ mode }) => mode === 'files',
      (value) => pathProblem(l10n, value),
    ),
    text(
      'keyFile',
      l10n.t('Private key file (PEM, not encrypted)'),
      '/etc/ssl/flm/privkey.pem',
      ({ mode }) => mode === 'files',
      (value) => pathProblem(l10n, value),
    ),
    pick('directory', l10n.t('Which certificate authority?'), directoryChoices(l10n), isAcme),
    text(
      'directoryUrl',
      l10n.t('Address of its ACME directory'),
      'https://ca.example.org/acme/directory',
      (draft) => isAcme(draft) && draft.directory === 'other',
      (value) =>
        /^https:\/\/[^\s/]/.test(value.trim()) ? undefined : l10n.t('Write an address that begins with https://'),
    ),
    text(
      'caFile',
      l10n.t('File with the CA of that server’s own certificate (PEM); empty for a public one'),
      '/etc/ssl/ca.pem',
      (draft) => isAcme(draft) && draft.directory === 'other',
      (value) => (value.trim() === '' ? undefined : pathProblem(l10n, value)),
      true,
    ),
    pick('challenge', l10n.t('How shall the authority see that the name is yours?'), challengeChoices(l10n), isAcme),
    text('domain', l10n.t('Public name of this machine'), 'gateway.example.org', isAcme, (value) =>
      /^[^\s/:@]+\.[^\s/:@.]+\.?$/.test(value.trim())
        ? undefined
        : l10n.t('Write a full name such as gateway.example.org'),
    ),
    text(
      'email',
      l10n.t('Your e-mail address: where the authority writes to when a certificate is about to expire'),
      'me@example.org',
      isAcme,
      (value) =>
        /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value.trim()) ? undefined : l10n.t('Write an address such as me@example.org'),
    ),
    text(
      'httpPort',
      l10n.t('Port of this machine for the authority’s question. Port 80 of the public name has to lead there.'),
      '80',
      (draft) => isAcme(draft) && draft.challenge === 'http',
      (value) => portProblem(l10n, value),
    ),
    text(
      'dnsHook',
      l10n.t('Program that publishes the DNS record; it is run with set or remove, the record’s name and its value'),
      '/usr/local/bin/flm-dns-hook',
      (draft) => isAcme(draft) && draft.challenge === 'dns',
      (value) => pathProblem(l10n, value),
    ),
    {
      isNeeded: isAcme,
      ask: (draft, place) => askForTerms(input, l10n, title, draft, place),
    },
  ];
}

async function askForTerms(
  input: StepInput,
  l10n: Localizer,
  title: string,
  draft: TlsDraft,
  place: StepPlace,
): Promise<TlsDraft | Back> {
  const terms = draft.directory === 'other' ? draft.directoryUrl : letsEncryptTerms;
  const hasAccepted = await input.pick({
    title,
    place,
    placeHolder: l10n.t('The authority asks you to accept its terms of service'),
    choices: [
      { label: l10n.t('I Have Read the Terms and Accept Them'), detail: terms, value: true },
      { label: l10n.t('I Do Not Accept Them'), detail: l10n.t('Nothing is sent to the authority'), value: false },
    ],
  });
  if (hasAccepted === back) return back;
  if (!hasAccepted) throw new FlmError('cancelled', 'The terms were not accepted');
  return { ...draft, hasAccepted };
}

/** Absolute on any system; whether the file is there is for the gateway's machine to say. */
function pathProblem(l10n: Localizer, value: string): string | undefined {
  return /^(?:\/|[a-z]:[\\/]|\\\\)/i.test(value.trim()) ? undefined : l10n.t('Write the whole path of the file.');
}

function portProblem(l10n: Localizer, value: string): string | undefined {
  const port = Number(value.trim());
  return /^\d{1,5}$/.test(value.trim()) && port >= 1 && port <= 65_535
    ? undefined
    : l10n.t('Write a port between 1 and 65535.');
}
