import { isSameNode, type NodeLook } from './tree-node';

/** What VS Code must ask for again: the whole list, single rows with their children, or nothing. */
export type TreeChange = { readonly kind: 'all' } | { readonly kind: 'rows'; readonly ids: readonly string[] };

/**
 * Compares one list of siblings with the one shown before. Another number or order of rows changes their parent; rows
 * that only look different change themselves.
 */
export function compareRows(before: readonly NodeLook[], after: readonly NodeLook[]): TreeChange {
  if (before.length !== after.length) return { kind: 'all' };
  const ids: string[] = [];
  for (const [index, node] of after.entries()) {
    const old = before[index];
    if (old?.id !== node.id) return { kind: 'all' };
    if (!isSameNode(old, node)) ids.push(node.id);
  }
  return { kind: 'rows', ids };
}
