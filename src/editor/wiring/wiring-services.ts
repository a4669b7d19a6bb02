import type { ChangeLog } from './change-log';
import type { PreviewDocuments } from './preview-documents';

/** What the commands that set up other tools need besides what all commands have. */
export interface WiringServices {
  readonly changes: ChangeLog;
  readonly previews: PreviewDocuments;
  /** VS Code's `User` folder; undefined where it is on another machine than FLM (remote windows, browsers). */
  readonly userFolder: string | undefined;
}
