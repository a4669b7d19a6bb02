import { randomId } from '../core/random-id';

const counterLength = 10;
const prefix = `req_${randomId(24 - counterLength)}`;
let count = Math.floor(Math.random() * 1e9);

/**
 * `req_` and 24 characters, never the same twice: a random part per process and a counter. Not a secret. A counter
 * rather than fresh random bytes for each request, which took 2 % of a request's time (CPU profile, Node 20).
 */
export function nextRequestId(): string {
  count++;
  return prefix + count.toString(36).padStart(counterLength, '0');
}
