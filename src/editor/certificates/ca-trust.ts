import type { Localizer } from '../localizer';
import { posixQuote, powerShellQuote } from '../shell-quote';

/** The certificate as the commands name it. */
export interface CaFile {
  /** Name of the exported file, without folder. */
  readonly name: string;
  /** SHA-1 of the certificate, hexadecimal without colons: how Windows and macOS find it again. */
  readonly thumbprint: string;
  /** Base URL to try it with. */
  readonly endpoint: string;
}

export interface TrustGuide {
  /** Of the system or program. */
  readonly name: string;
  readonly shell: 'sh' | 'powershell' | undefined;
  readonly trust: readonly string[];
  readonly remove: readonly string[];
  readonly note?: string;
}

/** Name under which the systems keep it. */
const storedName = 'flm-local-ca';

/** How each system and program is told to trust the CA, and how it forgets it again. */
export function trustGuides(l10n: Localizer, ca: CaFile): readonly TrustGuide[] {
  const posix = posixQuote(ca.name);
  const windows = powerShellQuote(ca.name);
  return [
    {
      name: l10n.t('Windows (for the signed-in user)'),
      shell: 'powershell',
      trust: [`Import-Certificate -FilePath ${windows} -CertStoreLocation Cert:\\CurrentUser\\Root`],
      remove: [`Remove-Item Cert:\\CurrentUser\\Root\\${ca.thumbprint}`],
      note: l10n.t('Or: {0}', `certutil -user -addstore Root "${ca.name}"`),
    },
    {
      name: l10n.t('macOS (for the signed-in user)'),
      shell: 'sh',
      trust: [`security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db ${posix}`],
      remove: [`security delete-certificate -t -Z ${ca.thumbprint} ~/Library/Keychains/login.keychain-db`],
    },
    {
      name: 'Debian, Ubuntu',
      shell: 'sh',
      trust: [`sudo cp ${posix} /usr/local/share/ca-certificates/${storedName}.crt`, 'sudo update-ca-certificates'],
      remove: [`sudo rm /usr/local/share/ca-certificates/${storedName}.crt`, 'sudo update-ca-certificates --fresh'],
    },
    {
      name: 'Fedora, RHEL',
      shell: 'sh',
      trust: [`sudo cp ${posix} /etc/pki/ca-trust/source/anchors/${storedName}.pem`, 'sudo update-ca-trust'],
      remove: [`sudo rm /etc/pki/ca-trust/source/anchors/${storedName}.pem`, 'sudo update-ca-trust'],
    },
    {
      name: 'Firefox',
      shell: undefined,
      trust: [],
      remove: [],
      note: l10n.t(
        'Settings › Privacy & Security › View Certificates › Authorities › Import, and tick “identify websites”. The same list deletes it again.',
      ),
    },
    {
      name: 'Node.js',
      shell: 'sh',
      trust: [`export NODE_EXTRA_CA_CERTS="$PWD"/${posix}`],
      remove: ['unset NODE_EXTRA_CA_CERTS'],
      note: l10n.t('In PowerShell: {0}', `$env:NODE_EXTRA_CA_CERTS = (Resolve-Path ${windows})`),
    },
    {
      name: 'Python',
      shell: 'sh',
      trust: [`export SSL_CERT_FILE="$PWD"/${posix}`, `export REQUESTS_CA_BUNDLE="$PWD"/${posix}`],
      remove: ['unset SSL_CERT_FILE REQUESTS_CA_BUNDLE'],
      note: l10n.t(
        'The first is for the OpenAI library (httpx), the second for requests. Either replaces all other authorities for that program.',
      ),
    },
    {
      name: 'curl',
      shell: 'sh',
      trust: [`curl --cacert ${posix} ${posixQuote(`${ca.endpoint}/models`)}`],
      remove: [],
    },
  ];
}

/** The guides as a Markdown page. */
export function trustPage(l10n: Localizer, ca: CaFile, fingerprint: string | undefined): string {
  const guides = trustGuides(l10n, ca).flatMap(({ name, shell, trust, remove, note }) => [
    `## ${name}`,
    ...(trust.length > 0 ? [block(shell, trust)] : []),
    ...(note === undefined ? [] : [note]),
    ...(remove.length > 0 ? [l10n.t('To forget it again:'), block(shell, remove)] : []),
  ]);
  return [
    `# ${l10n.t('Trust the CA of FLM')}`,
    l10n.t(
      'Copy the file {0} to each machine that is to connect, go to its folder there, and run what fits. Whoever trusts this CA trusts every certificate FLM on this machine makes; its private key never leaves this machine.',
      `\`${ca.name}\``,
    ),
    ...(fingerprint === undefined
      ? []
      : [l10n.t('Compare the fingerprint (SHA-256) there: {0}', `\`${fingerprint}\``)]),
    ...guides,
    '',
  ].join('\n\n');
}

function block(shell: TrustGuide['shell'], lines: readonly string[]): string {
  const fence = '~'.repeat(12);
  return [`${fence}${shell ?? ''}`, ...lines, fence].join('\n');
}
