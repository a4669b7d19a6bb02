import type { Catalog } from '../../core/catalog';
import type { MachineAddress } from '../../core/exposure';
import { matchesGlob } from '../../core/glob';
import { reason, type Reason } from '../../core/reason';
import type { Share } from '../../core/share';

/** What is not as expected but hinders nothing: a share may be made before its model is there. */
export function shareWarnings(
  { limits, audience }: Share,
  machine: readonly MachineAddress[],
  catalog: Pick<Catalog, 'list'>,
): readonly Reason[] {
  const models = catalog.list();
  const unmatched = (limits.models ?? []).filter((pattern) => !models.some(({ id }) => matchesGlob(pattern, id)));
  const isNowhere = audience.type === 'lan' && !machine.some(({ kind }) => kind === 'private');
  return [
    ...unmatched.map((pattern) => reason('share.noModel', pattern)),
    ...(isNowhere ? [reason('share.noNetwork')] : []),
  ];
}
