import * as vscode from 'vscode';

/** What a row of any of FLM's views shows. */
export interface ItemFacts {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly icon: { readonly id: string; readonly color?: string };
  readonly contextValue: string;
  readonly accessibilityLabel: string;
}

/** The item of a row, without tooltip and command. */
export function treeItem(facts: ItemFacts, expansion: vscode.TreeItemCollapsibleState): vscode.TreeItem {
  const item = new vscode.TreeItem(facts.label, expansion);
  item.id = facts.id;
  if (facts.description !== undefined) item.description = facts.description;
  const { id, color } = facts.icon;
  item.iconPath = new vscode.ThemeIcon(id, color === undefined ? undefined : new vscode.ThemeColor(color));
  item.contextValue = facts.contextValue;
  item.accessibilityInformation = { label: facts.accessibilityLabel };
  return item;
}
