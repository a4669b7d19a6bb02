import type { Engine } from '../../core/engine';
import type { Model } from '../../core/model';
import type { CommandId } from '../contributions';

/** A codicon and the theme colour it is painted with. */
export interface NodeIcon {
  readonly id: string;
  readonly color?: string;
}

/** How a row looks, in any tree of ours. */
export interface NodeLook {
  /** Stable over restarts, unique in the tree. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly icon: NodeIcon;
  /** `;`-separated facts for `when` clauses: `;engine;state=needs-key;configured;`. */
  readonly contextValue: string;
  readonly expansion: 'none' | 'collapsed' | 'expanded';
  /** The whole row in one sentence, for screen readers: state and icon in words. */
  readonly accessibilityLabel: string;
}

export interface EngineNode extends NodeLook {
  readonly kind: 'engine';
  readonly engine: Engine;
  /** Hidden engines are listed only on demand; nothing can be asked of them. */
  readonly isHidden: boolean;
}

export interface ModelNode extends NodeLook {
  readonly kind: 'model';
  readonly engine: Engine;
  readonly model: Model;
}

/** A row that does something when chosen: show more models, add an address, run the demo engine. */
export interface ActionNode extends NodeLook {
  readonly kind: 'action';
  readonly command: CommandId;
  readonly args: readonly string[];
}

/** One row of the engines view, as a value. */
export type TreeNode = EngineNode | ModelNode | ActionNode;

/** Two rows look and behave the same. Children are compared apart. */
export function isSameNode(a: NodeLook, b: NodeLook): boolean {
  return (
    a.id === b.id &&
    a.label === b.label &&
    a.description === b.description &&
    a.icon.id === b.icon.id &&
    a.icon.color === b.icon.color &&
    a.contextValue === b.contextValue &&
    a.expansion === b.expansion &&
    a.accessibilityLabel === b.accessibilityLabel
  );
}

/** Joins facts into a context value that a `when` clause can match piece by piece: `/;state=installed;/`. */
export function contextValue(...facts: (string | false)[]): string {
  return `;${facts.filter((fact) => fact !== false).join(';')};`;
}
