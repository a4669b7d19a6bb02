import { printable } from '../core/printable';

const maxLength = 300;

/** What an error says, in one line that is safe to log and to show. The system's code stands in for a long message. */
export function errorMessage(error: unknown): string {
  if (!(error instanceof Error)) return printable(String(error), maxLength);
  const { code } = error as NodeJS.ErrnoException;
  return printable(error.message === '' ? (code ?? error.name) : error.message, maxLength);
}

/** The code of a system error, or what it says. Paths are left to the sentence around it. */
export function errorCode(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code ?? errorMessage(error);
}
