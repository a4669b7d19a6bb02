import { reasonTemplates, type Reason, type ReasonCode } from '../core/reason';
import { diagnosisTemplates, type DiagnosisFinding } from '../protocol/gateway-rpc';
import { formatTime } from './format';
import { cleanArgs, plainText } from './safe-text';

/**
 * `vscode.l10n` and the reader's language as a port, so that everything that puts state into words is a pure function.
 * The parameter is always called `l10n`: the manifest tests collect translatable strings from calls of `l10n.t`.
 */
export interface Localizer {
  /** Translates an English template; `{0}` … are replaced by the arguments. */
  readonly t: (message: string, ...args: (string | number)[]) => string;
  /** BCP 47 tag of the editor's display language: `en`, `ja`. */
  readonly language: string;
}

/**
 * Puts a reason of the gateway into the reader's words. Its arguments may come from an engine: `clean` makes them fit for
 * the place where the sentence is shown.
 */
export function localizeReason(l10n: Localizer, value: Reason, clean = plainText): string {
  return localizeTemplate(l10n, reasonTemplates[value.code], value, clean);
}

/** Templates of reasons in the reader's language, for a page that fills them in itself. */
export function localizedTemplates<C extends ReasonCode>(
  l10n: Localizer,
  codes: readonly C[],
): Readonly<Record<C, string>> {
  return Object.fromEntries(codes.map((code) => [code, l10n.t(reasonTemplates[code])])) as Record<C, string>;
}

/** Puts the finding of a diagnosis step into the reader's words; `clean` as in {@link localizeReason}. */
export function localizeFinding(l10n: Localizer, finding: DiagnosisFinding, clean = plainText): string {
  const { code, reason } = finding;
  // The sentence as a whole is cleaned below.
  const words = reason === undefined ? [] : [localizeReason(l10n, reason, (text) => text)];
  const sentence = { code, args: [...finding.args, ...words] };
  return localizeTemplate(l10n, diagnosisTemplates[code], sentence, clean);
}

function localizeTemplate(
  l10n: Localizer,
  // A newer gateway may know a code that this window does not.
  template: string | undefined,
  sentence: { readonly code: string; readonly args: readonly (string | number)[] },
  clean: (text: string) => string,
): string {
  if (template === undefined) return clean(sentence.code);
  return l10n.t(template, ...cleanArgs(sentence.args, (text) => clean(readableTime(l10n, text))));
}

/** Instants travel as ISO 8601 in UTC and are read in the reader's time zone and notation. */
function readableTime(l10n: Localizer, text: string): string {
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? formatTime(Date.parse(text), l10n.language) : text;
}
