/** The routes of the gateway: pattern → methods. Everything else is 404 or 405. */
export const routeMethods = {
  '/health': ['GET', 'HEAD'],
  '/v1/models': ['GET', 'HEAD'],
  '/v1/models/*': ['GET', 'HEAD'],
  '/v1/chat/completions': ['POST'],
  '/v1/completions': ['POST'],
  '/v1/embeddings': ['POST'],
  '/v1/messages': ['POST'],
  '/v1/messages/count_tokens': ['POST'],
  '/v1/responses': ['POST'],
} as const satisfies Record<string, readonly string[]>;

export type RoutePattern = keyof typeof routeMethods;

/**
 * OpenAI's routes that are forwarded to an engine, under the same path. Those of other APIs are in
 * `dialects/dialect-table.ts`. No other path ever is.
 */
export const inferenceRoutes = ['/v1/chat/completions', '/v1/completions', '/v1/embeddings'] as const;
export type InferenceRoute = (typeof inferenceRoutes)[number];

/** The request target without its query. */
export function pathOf(target: string): string {
  const end = target.indexOf('?');
  return end === -1 ? target : target.slice(0, end);
}

/** The pattern a request target falls under, whatever the method; undefined for an unknown path. */
export function routeOf(target: string): RoutePattern | undefined {
  const path = pathOf(target);
  if (Object.hasOwn(routeMethods, path) && path !== '/v1/models/*') return path as RoutePattern;
  const isModel = path.startsWith('/v1/models/') && path.length > '/v1/models/'.length;
  return isModel ? '/v1/models/*' : undefined;
}
