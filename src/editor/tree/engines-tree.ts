import * as vscode from 'vscode';
import type { Clock } from '../../core/clock';
import type { Localizer } from '../localizer';
import type { MeasurementReader } from '../measurements/measurement-reader';
import { nodeTooltip } from './tooltips';
import type { TreeInput, TreeModel, TreeRow } from './tree-model';
import { treeItem } from './tree-item';

const expansions = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
} as const;

/** Hands the rows of a TreeModel to VS Code. */
export class EnginesTree implements vscode.TreeDataProvider<TreeRow> {
  readonly #model: TreeModel;
  readonly #l10n: Localizer;
  readonly #clock: Clock;
  readonly #measurements: Pick<MeasurementReader, 'ofModel'>;
  readonly #changed = new vscode.EventEmitter<TreeRow[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;

  /** @param measurements never rejects, and answers soon */
  constructor(model: TreeModel, l10n: Localizer, clock: Clock, measurements: Pick<MeasurementReader, 'ofModel'>) {
    this.#model = model;
    this.#l10n = l10n;
    this.#clock = clock;
    this.#measurements = measurements;
  }

  /** Takes in a new state and has VS Code ask again for what changed, and only that. */
  update(input: TreeInput): void {
    const rows = this.#model.update(input);
    if (rows === 'all') this.#changed.fire(undefined);
    else if (rows.length > 0) this.#changed.fire([...rows]);
  }

  getChildren(row?: TreeRow): TreeRow[] {
    return [...(row === undefined ? this.#model.roots() : this.#model.children(row))];
  }

  getParent(row: TreeRow): TreeRow | undefined {
    return row.parent;
  }

  getTreeItem(row: TreeRow): vscode.TreeItem {
    const { node } = row;
    const item = treeItem(node, expansions[node.expansion]);
    if (node.kind === 'action') item.command = { command: node.command, title: node.label, arguments: [...node.args] };
    return item;
  }

  /** Tooltips are made when somebody hovers, with what is known and measured then. */
  async resolveTreeItem(item: vscode.TreeItem, row: TreeRow): Promise<vscode.TreeItem> {
    const { node } = row;
    const measured =
      node.kind === 'model' ? await this.#measurements.ofModel(node.engine.id, node.model.id) : undefined;
    const text = nodeTooltip(this.#l10n, node, this.#clock.now(), measured);
    // Untrusted, without icons and HTML, which are the defaults: names in it are made by engines.
    if (text !== undefined) item.tooltip = new vscode.MarkdownString(text);
    return item;
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
