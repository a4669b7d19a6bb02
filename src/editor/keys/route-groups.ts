import type { Choice } from '../input/step-input';
import type { Localizer } from '../localizer';

/** The routes a key can be limited to, by what they are good for. */
const routeGroups = {
  chat: ['/v1/chat/completions', '/v1/completions'],
  embeddings: ['/v1/embeddings'],
  models: ['/v1/models', '/v1/models/*'],
} as const;

export type RouteGroup = keyof typeof routeGroups;

const groupNames = Object.keys(routeGroups) as RouteGroup[];

export function routesOf(groups: readonly RouteGroup[]): readonly string[] {
  return groups.flatMap((group) => [...routeGroups[group]]);
}

/** The groups a list of routes covers whole. */
export function groupsOf(routes: readonly string[]): readonly RouteGroup[] {
  return groupNames.filter((group) => routeGroups[group].every((route) => routes.includes(route)));
}

export function routeChoices(l10n: Localizer, picked: readonly RouteGroup[]): readonly Choice<RouteGroup>[] {
  const labels: Record<RouteGroup, string> = {
    chat: l10n.t('Chat and completions'),
    embeddings: l10n.t('Embeddings'),
    models: l10n.t('List of models'),
  };
  return groupNames.map((group) => ({
    label: labels[group],
    detail: routeGroups[group].join(', '),
    value: group,
    isPicked: picked.includes(group),
  }));
}
