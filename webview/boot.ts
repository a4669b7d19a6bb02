import type { LocalizedStrings } from '../src/protocol/panel-strings';

interface Boot {
  readonly language: string;
  readonly strings: LocalizedStrings;
}

const boot = JSON.parse(document.getElementById('flm-boot')?.textContent ?? '') as Boot;

/** Every text of the page, in the reader's language. */
export const strings = boot.strings;

/** For `Intl`. A tag that `Intl` does not know falls back to the browser's. */
export const language: string | undefined = supported(boot.language);

function supported(tag: string): string | undefined {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag)[0];
  } catch {
    return undefined;
  }
}

/** Replaces `{0}`, `{1}` … in a template. */
export function fill(template: string, ...args: readonly (string | number)[]): string {
  return template.replace(/\{(\d+)\}/g, (whole, index: string) => String(args[Number(index)] ?? whole));
}
