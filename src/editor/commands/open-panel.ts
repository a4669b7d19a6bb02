import type { CommandServices } from '../command-services';
import { tabArgument } from '../panel/security-panel';

/** Shows the security panel in the sidebar; a caller may name a tab. */
export async function openPanel({ panel }: CommandServices, argument?: unknown): Promise<void> {
  await panel.reveal(tabArgument(argument));
}

/** Shows the security panel as an editor tab; a caller may name one of its tabs. */
export async function openPanelInEditor({ panel }: CommandServices, argument?: unknown): Promise<void> {
  await panel.openInEditor(tabArgument(argument));
}
