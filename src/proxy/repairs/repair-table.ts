import type { EngineKind } from '../../core/engine';
import type { InferenceRoute } from '../route-table';
import { base64Embeddings } from './base64-embeddings';
import { contextWarning } from './context-warning';
import { emptyAnswer } from './empty-answer';
import { emptyTools } from './empty-tools';
import { finishReasons } from './finish-reasons';
import { imageUrls } from './image-urls';
import { jsonObjectFormat } from './json-object-format';
import { maxTokens } from './max-tokens';
import { nullEncoding } from './null-encoding';
import { nullMembers } from './null-members';
import { promptList } from './prompt-list';
import { reasoningFields } from './reasoning-fields';
import type { Repair } from './repair';
import { roleOnce } from './role-once';
import { suffix } from './suffix';
import { streamErrors } from './stream-errors';
import { strayStreamOptions } from './stream-options';
import { systemMessages } from './system-messages';
import { tokenInput } from './token-input';
import { toolCalls } from './tool-calls';
import { toolChoice } from './tool-choice';
import { uniqueIds } from './unique-ids';
import { unwantedTools } from './unwanted-tools';
import { usageChunks } from './usage-chunks';

/**
 * Every repair, in the order in which they are applied: requests and answers alike. `finish-reasons` and `empty-answer`
 * look at the usage chunk, which `usage` takes away.
 *
 * Not repaired, on purpose: `model` in answers stays the engine's own name for it, `<think>` tags stay in the content
 * (see `reasoning-fields`), turns that do not alternate are left (some templates refuse them, and joining them would change what
 * was said), and servers of no known kind are trusted but for what their requests may lack.
 */
export const repairs: readonly Repair[] = [
  tokenInput,
  promptList,
  suffix,
  imageUrls,
  systemMessages,
  strayStreamOptions,
  nullEncoding,
  emptyTools,
  toolChoice,
  unwantedTools,
  maxTokens,
  jsonObjectFormat,
  streamErrors,
  emptyAnswer,
  uniqueIds,
  nullMembers,
  roleOnce,
  reasoningFields,
  toolCalls,
  finishReasons,
  usageChunks,
  base64Embeddings,
  contextWarning,
];

/** Names that may stand in `flm.proxy.repairs.disabled`. */
export const repairNames: readonly string[] = repairs.map(({ name }) => name);

const byTarget = new Map<string, readonly Repair[]>();

/** What was needed the last time: reading versions takes 1 µs per repair. The settings' list is the same until changed. */
const needed = new WeakMap<
  readonly Repair[],
  { readonly version: string | undefined; readonly disabled: readonly string[]; readonly repairs: readonly Repair[] }
>();

/** The repairs an engine needs on a route: those of its kind, less what its version has outgrown and `disabled`. */
export function repairsFor(
  kind: EngineKind,
  version: string | undefined,
  route: InferenceRoute,
  disabled: readonly string[],
): readonly Repair[] {
  const key = `${kind} ${route}`;
  let all = byTarget.get(key);
  if (all === undefined) {
    all = repairs.filter((repair) => repair.kinds.includes(kind) && repair.routes.includes(route));
    byTarget.set(key, all); // at most kinds × routes
  }
  if (version === undefined && disabled.length === 0) return all;
  const known = needed.get(all);
  if (known !== undefined && known.version === version && known.disabled === disabled) return known.repairs;
  const isNeeded = (repair: Repair): boolean =>
    !disabled.includes(repair.name) && (version === undefined || repair.isNeedless?.(kind, version) !== true);
  const chosen = all.every(isNeeded) ? all : all.filter(isNeeded);
  needed.set(all, { version, disabled, repairs: chosen });
  return chosen;
}
