import * as vscode from 'vscode';

const confirmationMs = 3000;

/** Puts text on the clipboard and says so in the status bar, where it bothers nobody. */
export async function copyToClipboard(text: string, confirmation: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  confirm(confirmation);
}

/** A line in the status bar that goes away by itself. */
export function confirm(text: string): void {
  vscode.window.setStatusBarMessage(`$(check) ${text}`, confirmationMs);
}
