import type { Engine } from '../../core/engine';
import type { Localizer } from '../localizer';
import { engineNodes } from './engine-nodes';
import { modelNodes } from './model-nodes';
import { compareRows } from './tree-changes';
import type { TreeNode } from './tree-node';
import type { TreeOptions } from './tree-options';

/** A row as VS Code holds it: the same object for the same id, whatever its node looks like at the moment. */
export interface TreeRow {
  readonly id: string;
  node: TreeNode;
  readonly parent?: TreeRow;
}

/** What the tree is made of. */
export interface TreeInput {
  readonly engines: readonly Engine[];
  readonly options: TreeOptions;
}

/**
 * The rows VS Code was given, and what must be asked for again after a change. Rows below an engine are made only once
 * somebody opened it, so a change costs as much as is on show.
 */
export class TreeModel {
  readonly #l10n: Localizer;
  #input: TreeInput;
  #roots: readonly TreeRow[] = [];
  readonly #children = new Map<string, readonly TreeRow[]>();

  constructor(l10n: Localizer, input: TreeInput) {
    this.#l10n = l10n;
    this.#input = input;
  }

  /** Takes in a new state; answers the rows to refresh, or `all`. */
  update(input: TreeInput): readonly TreeRow[] | 'all' {
    this.#input = input;
    const nodes = engineNodes(this.#l10n, input.engines, input.options);
    const change = compareRows(
      this.#roots.map((row) => row.node),
      nodes,
    );
    if (change.kind === 'all') {
      this.#roots = this.#rowsFor(nodes, this.#roots);
      this.#forgetLostParents();
      return 'all';
    }
    return this.#roots.flatMap((row, index) => {
      row.node = nodes[index] ?? row.node;
      return this.#updateEngine(row, change.ids.includes(row.id));
    });
  }

  roots(): readonly TreeRow[] {
    this.#roots = this.#rowsFor(engineNodes(this.#l10n, this.#input.engines, this.#input.options), this.#roots);
    return this.#roots;
  }

  children(row: TreeRow): readonly TreeRow[] {
    if (row.node.kind !== 'engine' || row.node.isHidden) return [];
    const nodes = modelNodes(this.#l10n, row.node.engine, this.#input.options);
    const rows = this.#rowsFor(nodes, this.#children.get(row.id) ?? [], row);
    this.#children.set(row.id, rows);
    return rows;
  }

  /** The row of an engine, for revealing it. */
  findEngine(engineId: string): TreeRow | undefined {
    return this.roots().find((row) => row.node.kind === 'engine' && row.node.engine.id === engineId);
  }

  #updateEngine(row: TreeRow, changed: boolean): TreeRow[] {
    const shown = this.#children.get(row.id);
    if (shown === undefined || row.node.kind !== 'engine') return changed ? [row] : [];
    const nodes = modelNodes(this.#l10n, row.node.engine, this.#input.options);
    const change = compareRows(
      shown.map((child) => child.node),
      nodes,
    );
    // Asking for a row again asks for its children too.
    if (changed || change.kind === 'all') return [row];
    return shown.filter((child, index) => {
      child.node = nodes[index] ?? child.node;
      return change.ids.includes(child.id);
    });
  }

  #rowsFor(nodes: readonly TreeNode[], before: readonly TreeRow[], parent?: TreeRow): readonly TreeRow[] {
    const known = new Map(before.map((row) => [row.id, row]));
    return nodes.map((node) => {
      const row = known.get(node.id);
      if (row === undefined) return { id: node.id, node, ...(parent && { parent }) };
      row.node = node;
      return row;
    });
  }

  #forgetLostParents(): void {
    const ids = new Set(this.#roots.map((row) => row.id));
    for (const id of this.#children.keys()) if (!ids.has(id)) this.#children.delete(id);
  }
}
