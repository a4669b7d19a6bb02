import type { ApiKey } from '../../core/api-key';
import type { Block } from '../../core/block';
import type { ShareView } from '../../core/share';
import type { CommandId } from '../contributions';
import type { NodeLook } from './tree-node';

export interface ShareNode extends NodeLook {
  readonly kind: 'share';
  readonly share: ShareView;
}

export interface KeyNode extends NodeLook {
  readonly kind: 'key';
  readonly key: ApiKey;
}

export interface BlockNode extends NodeLook {
  readonly kind: 'block';
  readonly block: Block;
}

/** Trouble a person should know of, or a way to what is not listed. */
export interface NoteNode extends NodeLook {
  readonly kind: 'note';
  /** The whole sentence; the row may cut it. */
  readonly sentence: string;
  readonly command?: CommandId;
}

/** One row of the sharing view, as a value. */
export type SharingNode = ShareNode | KeyNode | BlockNode | NoteNode;
