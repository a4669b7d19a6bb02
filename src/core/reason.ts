import { checkupReasons } from './checkup-reasons';

/**
 * Every sentence FLM says about a state, as data: the English template is also the key of its translation
 * (`media/l10n/bundle.l10n.ja.json`), so the gateway can speak without knowing VS Code. `{0}`, `{1}` are arguments.
 */
export const reasonTemplates = {
  // engines
  'engine.healthy': 'Answers in {0} ms.',
  'engine.cached': 'Last known state from {0}; not checked yet in this session.',
  'engine.slow': 'Answers slowly: {0} ms (limit {1} ms).',
  'engine.busy': 'Says it is overloaded (HTTP {0}).',
  'engine.loading': 'Loading its model.',
  'engine.needsKey': 'Asks for an API key (HTTP {0}).',
  'engine.keyRejected': 'Rejected the API key it was given (HTTP {0}).',
  'engine.refused': 'Nothing listens on {0}.',
  'engine.connectTimeout': 'Did not accept a connection on {0} within {1} ms.',
  'engine.answerTimeout': 'Port {0} is open, but gave no HTTP answer within {1} ms.',
  'engine.reset': 'Closed the connection without an answer.',
  'engine.unreachable': 'This machine has no way to {0}.',
  'engine.passive': 'Not probed, as configured: counted as healthy until a request fails.',
  'engine.unresolved': 'The host name {0} could not be resolved.',
  'engine.tls': 'The TLS connection failed: {0}',
  'engine.notHttp': 'Something on {0} answers, but not with HTTP.',
  'engine.redirect': 'Answers with a redirect to {0}; FLM does not follow redirects.',
  'engine.httpStatus': 'Answered HTTP {0} to {1}.',
  'engine.badAnswer': 'Answered {0} with something that is not a model list.',
  'engine.tooLarge': 'Its answer to {0} is larger than {1} MB.',
  'engine.notAnEngine': 'Answers, but no known engine and no OpenAI-compatible model list.',
  'engine.installed': 'Installed, not running.',
  'engine.child': 'Is started and used by {0}, which FLM shows instead.',
  'engine.self': 'This is FLM itself.',
  'engine.badAddress': '{0} is no address of an engine. Write http:// or https://, the host and the port.',
  'engine.stopped': 'Stopped answering.',
  'engine.demo': 'Demo engine of FLM: canned answers, no model.',

  // gateway
  'proxy.portInUse':
    'Port {0} is in use by another program. FLM now listens on {1}. Change `flm.proxy.port` to choose another.',
  'proxy.noPort': 'No free port between {0} and {1}. Change `flm.proxy.port` to choose another.',
  'proxy.bindFailed': 'Could not listen on {0}: {1}',
  'exposure.needsKey': 'Other machines cannot reach FLM: sharing beyond this machine needs a usable API key.',
  'exposure.noStorage':
    'Other machines cannot reach FLM: the storage could not be opened, and without it no API key is valid.',
  'exposure.needsTls':
    'Other machines cannot reach FLM: the connection would not be encrypted. Choose a certificate (`tls.mode`) in the security policy, or allow unencrypted connections there (`tls.plainHttp`).',
  'exposure.certificatePreparing': 'Other machines cannot reach FLM yet: there is no certificate so far.',
  'exposure.certificateFailed': 'Other machines cannot reach FLM: there is no usable certificate.',
  'exposure.unconfirmed':
    'The settings open FLM to other machines, but nobody confirmed that on this machine. Until then it stays closed to them.',
  'exposure.noNetwork': 'This machine has no network address on which others could reach FLM.',
  'exposure.noAddress': 'This machine does not have the addresses on which FLM is to listen: {0}',
  'exposure.notOpened': 'FLM could not listen on {0}: {1}',
  'tls.notLoaded': 'The part of FLM that makes certificates could not be loaded: {0}',
  'gateway.crashed': 'The gateway stopped unexpectedly: {0}',
  'gateway.versionNewer': 'Another window runs a newer FLM ({0}). Reload this window to use it.',
  'gateway.unreachable': 'The gateway does not answer.',

  // blocks
  'block.guessing': '{0} wrong API keys were tried.',
  'block.decoys': '{0} different decoys were touched.',
  'block.score': 'Suspicious requests added up to {0} points.',
  'block.neighbours': '{0} of its /64 networks were blocked.',

  // shares
  'share.noModel': 'No model matches {0} now. It is shared as soon as an engine offers one.',
  'share.noNetwork': 'This machine is in no private network now. The share works as soon as it is in one.',
  'share.notThere': 'This machine has none of these networks now: {0}. The share works as soon as it has one.',

  ...checkupReasons,

  // storage
  'storage.diskFull':
    'The disk is full. Free some space; until then keys, blocks and security records are kept in memory only.',
  'storage.notWritable':
    'The folder {0} cannot be written to ({1}). Give your user write access to it; until then keys, blocks and security records are kept in memory only.',
  'storage.writeFailed':
    'Writing to {0} failed ({1}). Check the disk and the folder; until it works again keys, blocks and security records are kept in memory only.',
  'storage.databaseGone': 'The database stopped working: {0} Records are kept in the journal; restart FLM.',
  'storage.notOpened':
    'The storage could not be opened: {0} Nothing is remembered and no API key is valid; restart FLM.',
  'storage.overloaded': 'More records arrive than can be stored; some are left out.',
  'storage.newerSchema':
    'The stored data was written by a newer FLM (schema {0}, this one knows {1}). It is read, but nothing new is kept. Update FLM.',
  'storage.lockLost': 'Another process took over the folder {0}. This one keeps no new records. Reload the window.',

  // certificates
  'tls.issued': 'A certificate for {0}, issued by {1}, is in use. It is valid until {2}.',
  'tls.revoked': 'The certificate for {0}, valid until {1}, was revoked.',
  'tls.keptEarlier': 'A new certificate could not be had. The one in use is valid until {0}.',
  'tls.failed': 'The certificate could not be made ready: {0}',
  'tls.notKept': 'The certificates cannot be kept in {0}: {1}',
  'tls.fileReplaced': '{0} was damaged. It is kept as {1}, and a new one was made.',
  'tls.caReplaced':
    'The local CA in {0} could not be used any more. It is kept as {1}, and a new CA was made: devices have to trust it anew.',
  'tls.caRenewed': 'The local CA was renewed ahead of its end. Devices need its new certificate before {0}.',
  'tls.nameNotCovered':
    'The local CA may not vouch for {0}. Renew the certificate to make a CA that may; devices then have to trust the new one.',
  'tls.fileUnreadable': '{0} cannot be read: {1}',
  'tls.noCertificate': '{0} holds no certificate in PEM form.',
  'tls.noKey': '{0} holds no usable private key in PEM form.',
  'tls.keyEncrypted': 'The private key in {0} is encrypted. FLM needs it without a passphrase.',
  'tls.keyMismatch': 'The private key in {0} does not belong to the certificate in {1}.',
  'tls.chainOrder':
    'The certificates in {0} are not in order: the own certificate comes first, then the one that issued it, and so on.',
  'tls.notYetValid': 'The certificate in {0} is not valid before {1}. Is the clock of this machine right?',
  'tls.expired': 'The certificate in {0} ended on {1}.',
  'tls.expiresSoon': 'The certificate in {0} ends on {1}. Put a new one in its place.',
  'tls.rejected': 'TLS refuses the certificate in {0}: {1}',
  'tls.acmeTerms':
    'The terms of service of {0} are not accepted yet (`tls.acme_terms` in the security policy). Nothing was sent to it.',
  'tls.acmeIncomplete':
    'The security policy does not say for which name and with which e-mail address to ask (`tls.acme_domain`, `tls.acme_email`).',
  'tls.acmeHttpWanted':
    'The certificate authority asks for http://{0}/.well-known/acme-challenge/ from the internet: port 80 of {0} has to lead to port {1} of this machine.',
  'tls.acmeHttpFailed':
    'The certificate authority could not verify {0}. From the internet, http://{0}/.well-known/acme-challenge/ on port 80 has to reach port {1} of this machine. It says: {2}',
  'tls.acmeDnsWanted': 'The certificate authority asks for the TXT record {0}, which {1} sets.',
  'tls.acmeDnsFailed': 'The certificate authority could not verify {0} by the TXT record {1}. It says: {2}',
  'tls.acmePort':
    "FLM cannot listen on port {0} for the certificate authority's question ({1}). Set `tls.acme_httpPort` to a free port above 1023 and forward port 80 to it.",
  'tls.acmeHookFailed': 'The program {0} could not {1} the DNS record: {2}',
  'tls.acmeHookTimeout': 'The program {0} did not end within {1} s.',
  'tls.acmeUnreachable': 'The ACME server {0} cannot be reached: {1}',
  'tls.acmeTimeout': 'The ACME server {0} did not come to an end within {1} s.',
  'tls.acmeRateLimited': 'The ACME server {0} has had too many requests and takes no more before {1}. It says: {2}',
  'tls.acmeRefused': 'The ACME server {0} refused: {1}',
  'tls.acmeNoChallenge': 'The ACME server {0} offers no way by {1} to prove {2}.',
} as const;

export type ReasonCode = keyof typeof reasonTemplates;

/** A sentence with its arguments, to be put into words where it is shown. */
export interface Reason {
  readonly code: ReasonCode;
  readonly args: readonly (string | number)[];
}

export function reason(code: ReasonCode, ...args: (string | number)[]): Reason {
  return { code, args };
}

/** Puts a reason into English: for logs, API errors and the terminal. */
export function reasonText(value: Reason): string {
  return fillTemplate(reasonTemplates[value.code], value.args);
}

/** Replaces `{0}`, `{1}` … by arguments; a number without an argument stays as it is (as `vscode.l10n.t` does). */
export function fillTemplate(template: string, args: readonly (string | number)[]): string {
  return template.replace(/\{(\d+)\}/g, (whole, index: string) => {
    const value = args[Number(index)];
    return value === undefined ? whole : String(value);
  });
}
