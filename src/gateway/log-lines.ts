import { createLogger, type LogDetails, type Logger, type LogLevel } from '../core/logger';

const ranks: Record<LogLevel, number> = { trace: 0, debug: 1, info: 2, warn: 3, error: 4 };
const maxLineLength = 4_000;

/** Takes a finished line. Must not throw. */
export type LineSink = (level: LogLevel, line: string) => void;

/** A logger whose level can change while it is in use. */
export interface LeveledLogger extends Logger {
  level: LogLevel;
}

/** Writes what is at least as grave as the level, as one line each: message, then `key=value`. */
export function createLineLogger(level: LogLevel, sink: LineSink): LeveledLogger {
  const own: LeveledLogger = Object.assign(
    createLogger((of, message, details) => {
      if (ranks[of] >= ranks[own.level]) sink(of, formatLine(message, details, ranks[own.level] <= ranks.debug));
    }),
    { level },
  );
  return own;
}

/** Control characters are escaped: log lines may hold what a stranger sent. */
export function formatLine(message: string, details: LogDetails | undefined, withStacks: boolean): string {
  const facts = Object.entries(details ?? {})
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${formatValue(value, withStacks)}`);
  return `${escapeControls(message)}${facts.join('')}`.slice(0, maxLineLength);
}

function formatValue(value: unknown, withStacks: boolean): string {
  if (value instanceof Error) {
    const cause = value.cause instanceof Error ? ` (${value.cause.message})` : '';
    return escapeControls(withStacks ? (value.stack ?? value.message) : `${value.message}${cause}`);
  }
  if (typeof value === 'string') return /[\s"=]/.test(value) ? JSON.stringify(value) : escapeControls(value);
  return safeJson(value);
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '[unprintable]';
  }
}

function escapeControls(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) =>
    character === '\n' ? ' ⏎ ' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
