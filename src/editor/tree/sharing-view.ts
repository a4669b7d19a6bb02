import * as vscode from 'vscode';
import type { Clock, Timer } from '../../core/clock';
import { DisposableStore, type Disposable } from '../../core/disposable';
import { blockedText } from '../alerts/security-lines';
import type { ContextKeySetter } from '../context-keys';
import { sharingViewId } from '../contributions';
import type { Gateway } from '../gateway-port';
import type { KeyList } from '../keys/key-list';
import type { Localizer } from '../localizer';
import type { UnseenBlocks } from '../alerts/unseen-blocks';
import { exposureNodes } from './exposure-nodes';
import type { SharingNode } from './sharing-node';
import { hasSharing, sharingNodes } from './sharing-nodes';
import { sharingTooltip } from './sharing-tooltips';
import { compareRows } from './tree-changes';
import { treeItem } from './tree-item';

/** Countdowns are in minutes, and an ended block should not stay on show for long. */
const refreshMs = 30_000;

/** A row as VS Code holds it: the same object for the same id. */
export interface SharingRow {
  node: SharingNode;
}

/** The "Sharing" view: exposure, shares, keys, blocks and trouble, while there are any. */
export class SharingView implements vscode.TreeDataProvider<SharingRow>, Disposable {
  readonly #gateway: Gateway;
  readonly #keys: KeyList;
  readonly #unseen: UnseenBlocks;
  readonly #onSeen: () => void;
  readonly #l10n: Localizer;
  readonly #clock: Clock;
  readonly #contexts: ContextKeySetter;
  readonly #store = new DisposableStore();
  readonly #changed = new vscode.EventEmitter<SharingRow[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  #rows: readonly SharingRow[] = [];
  #view: vscode.TreeView<SharingRow> | undefined;
  #usableKeys: number | undefined;
  #timer: Timer | undefined;

  /** `onSeen`: somebody looked at the blocks. */
  constructor(
    gateway: Gateway,
    keys: KeyList,
    unseen: UnseenBlocks,
    onSeen: () => void,
    l10n: Localizer,
    clock: Clock,
    contexts: ContextKeySetter,
  ) {
    this.#gateway = gateway;
    this.#keys = keys;
    this.#unseen = unseen;
    this.#onSeen = onSeen;
    this.#l10n = l10n;
    this.#clock = clock;
    this.#contexts = contexts;
  }

  start(): void {
    const view = vscode.window.createTreeView(sharingViewId, { treeDataProvider: this });
    this.#view = this.#store.add(view);
    this.#store.add(view.onDidChangeVisibility(() => this.#onVisibility()));
    this.#store.add(this.#gateway.onDidChangeStatus(() => this.update()));
    this.#store.add(this.#keys.onDidChange(() => this.update()));
    this.update();
  }

  /** Brings state, badge and rows up to date. */
  update(): void {
    const { security, sharing } = this.#gateway.status.state ?? {};
    const shares = sharing?.shares ?? [];
    this.#contexts.set('flm.hasShares', shares.length > 0);
    this.#contexts.set('flm.hasKeys', (security?.usableKeys ?? 0) > 0 || this.#keys.known.keys.length > 0);
    this.#contexts.set('flm.hasBlocks', (security?.blocks.length ?? 0) > 0);
    const exposure = sharing === undefined ? [] : exposureNodes(this.#l10n, sharing);
    this.#contexts.set('flm.sharing', exposure.length > 0 || hasSharing(security, this.#keys.known));
    if (security !== undefined && security.usableKeys !== this.#usableKeys) {
      this.#usableKeys = security.usableKeys;
      void this.#keys.refresh();
    }
    if (this.#view === undefined) return;
    if (this.#view.visible && this.#unseen.count > 0) this.#onSeen();
    const unseen = this.#unseen.count;
    this.#view.badge = unseen === 0 ? undefined : { value: unseen, tooltip: blockedText(this.#l10n, unseen) };
    const rows = sharingNodes(this.#l10n, security, this.#keys.known, this.#clock.now(), shares);
    this.#setRows([...exposure, ...rows]);
  }

  /** Brings the view to front; where there is nothing to list, the engines beside it. */
  async show(): Promise<void> {
    const { security, sharing } = this.#gateway.status.state ?? {};
    const hasExposure = sharing !== undefined && exposureNodes(this.#l10n, sharing).length > 0;
    const isThere = hasExposure || hasSharing(security, this.#keys.known);
    await vscode.commands.executeCommand(isThere ? `${sharingViewId}.focus` : 'flm.engines.focus');
    this.#onSeen();
    this.update();
  }

  getChildren(row?: SharingRow): SharingRow[] {
    return row === undefined ? [...this.#rows] : [];
  }

  getTreeItem({ node }: SharingRow): vscode.TreeItem {
    const item = treeItem(node, vscode.TreeItemCollapsibleState.None);
    if (node.kind === 'note' && node.command !== undefined) item.command = { command: node.command, title: node.label };
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, { node }: SharingRow): vscode.TreeItem {
    item.tooltip = new vscode.MarkdownString(sharingTooltip(this.#l10n, node, this.#clock.now()));
    return item;
  }

  dispose(): void {
    this.#timer?.cancel();
    this.#store.dispose();
    this.#changed.dispose();
  }

  #onVisibility(): void {
    this.#timer?.cancel();
    if (this.#view?.visible === true) {
      void this.#keys.refresh();
      this.#tick();
    }
    this.update();
  }

  /** While somebody looks: countdowns go on, and the use of the keys is asked for anew. */
  #tick(): void {
    this.#timer = this.#clock.setTimeout(() => {
      void this.#keys.refresh();
      this.update();
      this.#tick();
    }, refreshMs);
  }

  #setRows(nodes: readonly SharingNode[]): void {
    const change = compareRows(
      this.#rows.map((row) => row.node),
      nodes,
    );
    const known = new Map(this.#rows.map((row) => [row.node.id, row]));
    this.#rows = nodes.map((node) => {
      const row = known.get(node.id) ?? { node };
      row.node = node;
      return row;
    });
    if (change.kind === 'all') this.#changed.fire(undefined);
    else if (change.ids.length > 0) this.#changed.fire(this.#rows.filter((row) => change.ids.includes(row.node.id)));
  }
}
