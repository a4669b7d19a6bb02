/**
 * Where a part of FLM writes what a person may need to understand it later. Never a prompt, a completion or a secret.
 * English only; what the user reads in the UI is localised elsewhere.
 */
export interface Logger {
  trace(message: string, details?: LogDetails): void;
  debug(message: string, details?: LogDetails): void;
  info(message: string, details?: LogDetails): void;
  warn(message: string, details?: LogDetails): void;
  error(message: string, details?: LogDetails): void;
}

/** Small, flat, printable facts. `error` is written with its stack at debug level and its message otherwise. */
export type LogDetails = Readonly<Record<string, unknown>>;

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** A logger that writes every level through one function. */
export function createLogger(write: (level: LogLevel, message: string, details?: LogDetails) => void): Logger {
  return {
    trace: (message, details) => write('trace', message, details),
    debug: (message, details) => write('debug', message, details),
    info: (message, details) => write('info', message, details),
    warn: (message, details) => write('warn', message, details),
    error: (message, details) => write('error', message, details),
  };
}

/** Drops everything: for tests and for parts that are built before a log exists. */
export const silentLogger: Logger = createLogger(() => undefined);
