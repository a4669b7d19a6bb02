import * as vscode from 'vscode';
import { createLogger, type LogDetails, type Logger, type LogLevel } from '../core/logger';
import { messageOf } from '../core/errors';

/** The "FLM" output channel behind the core's Logger. VS Code filters by the level the user set for it. */
export class LogChannel implements vscode.Disposable {
  readonly #channel = vscode.window.createOutputChannel('FLM', { log: true });
  readonly logger: Logger = createLogger((level, message, details) => this.write(level, message, details));

  write(level: LogLevel, message: string, details?: LogDetails): void {
    this.#channel[level](details === undefined ? message : `${message} ${printable(details)}`);
  }

  show(): void {
    this.#channel.show(true);
  }

  dispose(): void {
    this.#channel.dispose();
  }
}

function printable(details: LogDetails): string {
  return Object.entries(details)
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(' ');
}

function valueText(value: unknown): string {
  if (value instanceof Error) return messageOf(value);
  if (typeof value === 'string') return value;
  // Undefined for what JSON does not know: functions, symbols, undefined itself.
  const json = JSON.stringify(value) as string | undefined;
  return json ?? String(value);
}
