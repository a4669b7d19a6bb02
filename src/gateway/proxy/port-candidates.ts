/** How many ports above the wanted one are tried. */
export const portSpan = 20;
const highestPort = 65_535;

/**
 * Ports to try, in order: the one a previous gateway listened on, the wanted one, and those above it. Port 0 stands
 * for "any".
 */
export function portCandidates(wanted: number, remembered?: number): readonly number[] {
  if (wanted === 0) return [remembered ?? 0, 0].filter((port, i, all) => all.indexOf(port) === i);
  const above = Array.from({ length: portSpan + 1 }, (_, i) => wanted + i).filter((port) => port <= highestPort);
  return remembered === undefined || remembered === wanted
    ? above
    : [remembered, ...above.filter((p) => p !== remembered)];
}
