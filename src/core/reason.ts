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
  'proxy.bindRefused':
    'FLM does not listen on {0}: sharing beyond this machine needs at least one API key. It listens on 127.0.0.1 instead.',
  'proxy.bindFailed': 'Could not listen on {0}: {1}',
  'gateway.crashed': 'The gateway stopped unexpectedly: {0}',
  'gateway.versionNewer': 'Another window runs a newer FLM ({0}). Reload this window to use it.',
  'gateway.unreachable': 'The gateway does not answer.',

  // storage
  'storage.diskFull':
    'The disk is full. Keys, blocks and security records are kept in memory only until there is room again.',
  'storage.notWritable':
    'The folder {0} cannot be written to ({1}). Keys, blocks and security records are kept in memory only.',
  'storage.writeFailed':
    'Writing to {0} failed ({1}). Keys, blocks and security records are kept in memory until it works again.',
  'storage.databaseGone': 'The database stopped working: {0} Records are kept in the journal; restart FLM.',
  'storage.notOpened':
    'The storage could not be opened: {0} Nothing is remembered and no API key is valid; restart FLM.',
  'storage.overloaded': 'More records arrive than can be stored; some are left out.',
  'storage.newerSchema':
    'The stored data was written by a newer FLM (schema {0}, this one knows {1}). It is read, but nothing new is kept. Update FLM.',
  'storage.lockLost': 'Another process took over the folder {0}. This one keeps no new records. Reload the window.',
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
