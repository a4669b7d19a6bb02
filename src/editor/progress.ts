import * as vscode from 'vscode';
import { FlmError } from '../core/errors';
import { enginesViewId } from './contributions';

/** Shorter work shows no notification: it would only flicker. */
const notificationDelayMs = 1000;

/**
 * Waits for `work`, showing that it runs: in the engines view at once, as a cancellable notification after a second.
 * Rejects with FlmError `cancelled` when the user cancels; the gateway then finishes by itself and its answer is dropped.
 */
export async function withProgress<T>(title: string, work: Promise<T>): Promise<T> {
  void vscode.window.withProgress({ location: { viewId: enginesViewId } }, () => settled(work));
  if (await isSettledWithin(work, notificationDelayMs)) return work;
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, (_, token) => Promise.race([work, rejectOnCancel(token)]));
}

function settled(work: Promise<unknown>): Promise<void> {
  return work.then(
    () => undefined,
    () => undefined,
  );
}

async function isSettledWithin(work: Promise<unknown>, delayMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), delayMs);
  });
  try {
    return await Promise.race([settled(work).then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

function rejectOnCancel(token: vscode.CancellationToken): Promise<never> {
  return new Promise((_, reject) => {
    token.onCancellationRequested(() => reject(new FlmError('cancelled', 'Cancelled by the user')));
  });
}
