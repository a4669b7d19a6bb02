import { FlmError } from '../../core/errors';
import type { TlsMode, TlsPolicy } from '../../core/tls';
import { runSteps, type Step } from '../input/run-steps';
import { back, type Back, type Choice, type StepInput, type StepPlace } from '../input/step-input';
import type { Localizer } from '../localizer';

export interface TlsQuestions {
  readonly input: StepInput;
  readonly l10n: Localizer;
  /** What is set now. */
  readonly current: TlsPolicy;
}

/** Where Let's Encrypt publishes its subscriber agreement. */
export const letsEncryptTerms = 'https://letsencrypt.org/repository/';

type Directory = 'letsencrypt' | 'letsencrypt-staging' | 'other';
type Challenge = 'http' | 'dns';

interface Draft {
  readonly mode: TlsMode;
  readonly certFile: string;
  readonly keyFile: string;
  readonly directory: Directory;
  readonly directoryUrl: string;
  readonly caFile: string;
  readonly challenge: Challenge;
  readonly domain: string;
  readonly email: string;
  readonly httpPort: string;
  readonly dnsHook: string;
  readonly hasAccepted: boolean;
}

type TextField = 'certFile' | 'keyFile' | 'directoryUrl' | 'caFile' | 'domain' | 'email' | 'httpPort' | 'dnsHook';

/**
 * How the connection of other machines is encrypted, and what that way needs. Answers the whole `tls` part of the
 * policy; the gateway checks names and files. Rejects with `cancelled` when dismissed, or when the terms of an ACME
 * server are not accepted.
 */
export async function askForTls(questions: TlsQuestions): Promise<TlsPolicy> {
  return policyOf(await runSteps(draftOf(questions.current), tlsSteps(questions)), questions.current);
}

function tlsSteps({ input, l10n }: TlsQuestions): readonly Step<Draft>[] {
  const title = l10n.t('Set Up TLS');
  const isAcme = ({ mode }: Draft) => mode === 'acme';
  const text = (
    name: TextField,
    prompt: string,
    placeHolder: string,
    isNeeded: (draft: Draft) => boolean,
    validate: (value: string) => string | undefined,
    isOptional = false,
  ): Step<Draft> => ({
    isNeeded,
    ask: async (draft, place) => {
      const value = await input.text({ title, place, prompt, placeHolder, validate, isOptional, value: draft[name] });
      return value === back ? back : { ...draft, [name]: value.trim() };
    },
  });
  const pick = <K extends 'mode' | 'directory' | 'challenge'>(
    name: K,
    placeHolder: string,
    choices: readonly Choice<Draft[K]>[],
    isNeeded: (draft: Draft) => boolean = () => true,
  ): Step<Draft> => ({
    isNeeded,
    ask: async (draft, place): Promise<Draft | Back> => {
      const marked = choices.map((choice) => ({ ...choice, isPicked: choice.value === draft[name] }));
      const value = await input.pick({ title, place, placeHolder, choices: marked });
      return value === back ? back : { ...draft, [name]: value };
    },
  });
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
  draft: Draft,
  place: StepPlace,
): Promise<Draft | Back> {
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

function modeChoices(l10n: Localizer): Choice<TlsMode>[] {
  return [
    {
      label: l10n.t('Own CA'),
      detail: l10n.t('FLM makes a small certificate authority on this machine; clients are told once to trust it'),
      value: 'self-signed',
    },
    {
      label: l10n.t('Own Files'),
      detail: l10n.t('A certificate and key you have; replaced files are noticed'),
      value: 'files',
    },
    {
      label: l10n.t('Public Certificate (ACME)'),
      detail: l10n.t('From Let’s Encrypt or another authority, for a public name; renewed by itself'),
      value: 'acme',
    },
    { label: l10n.t('Off'), detail: l10n.t('HTTP only, for this machine'), value: 'off' },
  ];
}

function directoryChoices(l10n: Localizer): Choice<Directory>[] {
  return [
    { label: l10n.t('Let’s Encrypt'), value: 'letsencrypt' },
    {
      label: l10n.t('Let’s Encrypt, for Trying Out'),
      detail: l10n.t('Its staging server: no client trusts these certificates, and its limits are wide'),
      value: 'letsencrypt-staging',
    },
    { label: l10n.t('Another ACME Server…'), value: 'other' },
  ];
}

function challengeChoices(l10n: Localizer): Choice<Challenge>[] {
  return [
    {
      label: l10n.t('Over HTTP'),
      detail: l10n.t('Port 80 of the public name must be reachable from the internet and lead to this machine'),
      value: 'http',
    },
    {
      label: l10n.t('Over DNS'),
      detail: l10n.t('A program of yours publishes a record; nothing has to be reachable, and wildcards are possible'),
      value: 'dns',
    },
  ];
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

function draftOf(current: TlsPolicy): Draft {
  const { acme_directory: directory = 'letsencrypt' } = current;
  const isKnown = directory === 'letsencrypt' || directory === 'letsencrypt-staging';
  return {
    mode: current.mode,
    certFile: current.certFile ?? '',
    keyFile: current.keyFile ?? '',
    directory: isKnown ? directory : 'other',
    directoryUrl: isKnown ? '' : directory,
    caFile: current.acme_caFile ?? '',
    challenge: current.acme_dnsHook === undefined ? 'http' : 'dns',
    domain: current.acme_domain ?? '',
    email: current.acme_email ?? '',
    httpPort: String(current.acme_httpPort ?? 80),
    dnsHook: current.acme_dnsHook ?? '',
    hasAccepted: false,
  };
}

/** What belongs to another way stays as it was, for the day somebody goes back to it. */
function policyOf(draft: Draft, current: TlsPolicy): TlsPolicy {
  const { mode } = draft;
  if (mode === 'files') return { ...current, mode, certFile: draft.certFile, keyFile: draft.keyFile };
  if (mode !== 'acme') return { ...current, mode };
  const kept: { -readonly [K in keyof TlsPolicy]: TlsPolicy[K] } = { ...current };
  delete kept.acme_caFile;
  delete kept.acme_dnsHook;
  const isOther = draft.directory === 'other';
  return {
    ...kept,
    mode,
    acme_domain: draft.domain,
    acme_email: draft.email,
    acme_terms: draft.hasAccepted,
    acme_directory: isOther ? draft.directoryUrl : draft.directory,
    ...(isOther && draft.caFile !== '' ? { acme_caFile: draft.caFile } : {}),
    ...(draft.challenge === 'dns' ? { acme_dnsHook: draft.dnsHook } : { acme_httpPort: Number(draft.httpPort) }),
  };
}
