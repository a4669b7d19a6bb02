import type { Catalog } from '../../core/catalog';
import type { MachineAddress } from '../../core/exposure';
import { matchesGlob } from '../../core/glob';
import { reason, type Reason } from '../../core/reason';
import type { Share, ShareAudience } from '../../core/share';
import { exposureOf } from '../../core/share-audience';

/** What is not as expected but hinders nothing: a share may be made before its model is there. */
export function shareWarnings(
  { limits, audience }: Share,
  machine: readonly MachineAddress[],
  catalog: Pick<Catalog, 'list'>,
): readonly Reason[] {
  const models = catalog.list();
  const unmatched = (limits.models ?? []).filter((pattern) => !models.some(({ id }) => matchesGlob(pattern, id)));
  return [...unmatched.map((pattern) => reason('share.noModel', pattern)), ...networkWarnings(audience, machine)];
}

function networkWarnings(audience: ShareAudience, machine: readonly MachineAddress[]): readonly Reason[] {
  if (audience.type !== 'lan' || exposureOf(audience, machine, undefined).scope !== 'machine') return [];
  const { interfaces } = audience;
  return [interfaces === undefined ? reason('share.noNetwork') : reason('share.notThere', interfaces.join(', '))];
}
