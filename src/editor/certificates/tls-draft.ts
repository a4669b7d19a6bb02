import type { TlsMode, TlsPolicy } from '../../core/tls';

export type Directory = 'letsencrypt' | 'letsencrypt-staging' | 'other';
export type Challenge = 'http' | 'dns';

/** The answers as they are asked for. */
export interface TlsDraft {
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

/** What is set now, as answers to begin with. */
export function draftOf(current: TlsPolicy): TlsDraft {
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
export function policyOf(draft: TlsDraft, current: TlsPolicy): TlsPolicy {
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
