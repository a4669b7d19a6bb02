import type { TlsMode } from '../../core/tls';
import type { Choice } from '../input/step-input';
import type { Localizer } from '../localizer';
import type { Challenge, Directory } from './tls-draft';

export function modeChoices(l10n: Localizer): Choice<TlsMode>[] {
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

export function directoryChoices(l10n: Localizer): Choice<Directory>[] {
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

export function challengeChoices(l10n: Localizer): Choice<Challenge>[] {
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
