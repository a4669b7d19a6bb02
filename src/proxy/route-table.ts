/** The routes of the gateway: pattern → methods. Everything else is 404 or 405. */
export const routeMethods = {
  '/health': ['GET', 'HEAD'],
  '/metrics': ['GET'],
  '/v1/models': ['GET', 'HEAD'],
  '/v1/models/*': ['GET', 'HEAD'],
  '/v1/chat/completions': ['POST'],
  '/v1/completions': ['POST'],
  '/v1/embeddings': ['POST'],
  '/v1/messages': ['POST'],
  '/v1/messages/count_tokens': ['POST'],
  '/v1/responses': ['POST'],
  '/infill': ['POST'],
  '/rerank': ['POST'],
  '/v1/rerank': ['POST'],
  '/v2/rerank': ['POST'],
  // Ollama's API: reading and inference
  '/': ['GET', 'HEAD'],
  '/api/version': ['GET', 'HEAD'],
  '/api/tags': ['GET', 'HEAD'],
  '/api/ps': ['GET', 'HEAD'],
  '/api/show': ['POST'],
  '/api/chat': ['POST'],
  '/api/generate': ['POST'],
  '/api/embed': ['POST'],
  '/api/embeddings': ['POST'],
  // What changes engines: known, so that callers hear why it is refused
  '/api/pull': ['POST'],
  '/api/push': ['POST'],
  '/api/create': ['POST'],
  '/api/copy': ['POST'],
  '/api/delete': ['DELETE'],
  '/api/blobs/*': ['HEAD', 'POST'],
} as const satisfies Record<string, readonly string[]>;

export type RoutePattern = keyof typeof routeMethods;

/**
 * OpenAI's routes that are forwarded to an engine, under the same path. Those of other APIs are in
 * `dialects/dialect-table.ts`. No other path ever is.
 */
export const inferenceRoutes = ['/v1/chat/completions', '/v1/completions', '/v1/embeddings'] as const;
export type InferenceRoute = (typeof inferenceRoutes)[number];

/** Paths that are a route as they stand. Answers the table's own text: one the engine has met before, found at once. */
const plainRoutes = new Map<string, RoutePattern>(
  (Object.keys(routeMethods) as RoutePattern[])
    .filter((pattern) => !pattern.endsWith('/*'))
    .map((pattern) => [pattern, pattern]),
);

/** Patterns that end in `/*`: one or more characters in its place. */
const openPatterns = (Object.keys(routeMethods) as RoutePattern[]).filter((pattern) => pattern.endsWith('/*'));

/** The request target without its query. */
export function pathOf(target: string): string {
  const end = target.indexOf('?');
  return end === -1 ? target : target.slice(0, end);
}

/** The pattern a request target falls under, whatever the method; undefined for an unknown path. */
export function routeOf(target: string): RoutePattern | undefined {
  const path = pathOf(target);
  const plain = plainRoutes.get(path);
  if (plain !== undefined) return plain;
  return openPatterns.find((pattern) => path.length >= pattern.length && path.startsWith(pattern.slice(0, -1)));
}
