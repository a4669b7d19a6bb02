import type { PanelCommand } from '../../protocol/panel-messages';

/** What the panel can do outside its page. Dialogs answer undefined when they are closed without a choice. */
export interface PanelServices {
  copy(text: string): Promise<void>;
  /** Where to write a file; `name` is proposed. */
  askWhereToSave(name: string, extension: string): Promise<string | undefined>;
  /** The text of a file the user chooses. Rejects when it is larger than 16 MiB. */
  askForText(): Promise<string | undefined>;
  /** Replaces or creates a file. */
  write(path: string, text: string): Promise<void>;
  openInEditor(): Promise<void>;
  /** Starts a command of FLM, for a share where one is named. Resolves when it has ended. */
  run(command: PanelCommand, share: string | undefined): Promise<void>;
  /** Throws `invalid_request` in a workspace nobody trusts. */
  requireTrust(): void;
}
