import { mapParts } from './choices';
import { isJsonObject, mapItems, mapMember, without, type JsonObject } from './json-object';
import { chatRoutes, type ChunkRepair, type Repair } from './repair';

/**
 * Tool calls as OpenAI streams them: every piece has its `index`, the first also `id`, `type` and a name, later ones
 * neither a name nor an id that is empty or repeated (clients join names: `ff`).
 *
 * Ollama sends calls whole, older ones without `index` or all with 0 (ollama 7881); llama.cpp may leave out the id;
 * LM Studio before 0.3.16 repeats empty names. Arguments given as an object become JSON text.
 */
export const toolCalls: Repair = {
  name: 'tool-calls',
  kinds: ['ollama', 'llamacpp', 'lmstudio'],
  routes: chatRoutes,
  chunks: ({ requestId }) => new ToolCallPieces(requestId),
  whole: ({ requestId }) => ({
    apply: (answer) =>
      mapParts(answer, (message, choice) =>
        mapCalls(message, (call, at) => whole(call, madeId(requestId, choice, at))),
      ),
  }),
};

interface Known {
  /** As the engine gave it; undefined when it gave none. */
  readonly id: string | undefined;
  readonly name: string | undefined;
}

class ToolCallPieces implements ChunkRepair {
  readonly #requestId: string;
  /** Choice → calls by the index the client is told. */
  readonly #choices = new Map<number, (Known | undefined)[]>();

  constructor(requestId: string) {
    this.#requestId = requestId;
  }

  chunk(chunk: JsonObject): JsonObject {
    return mapParts(chunk, (delta, choice) => mapCalls(delta, (piece) => this.#piece(piece, choice)));
  }

  #piece(piece: JsonObject, choice: number): JsonObject {
    const calls = this.#choices.get(choice) ?? [];
    this.#choices.set(choice, calls);
    const given: Known = { id: filled(piece.id), name: filled(nameOf(piece)) };
    const at = placeOf(piece.index, given, calls);
    const first = calls[at];
    const numbered = piece.index === at ? piece : { ...piece, index: at };
    if (first !== undefined) return later(numbered, first);
    calls[at] = given;
    return whole(numbered, madeId(this.#requestId, choice, at));
  }
}

/** Calls of one choice; more would be a runaway engine, whose pieces then pass as they are. */
const maxCalls = 1024;

/** The index a piece belongs to. */
function placeOf(index: unknown, given: Known, calls: readonly (Known | undefined)[]): number {
  const told =
    typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < maxCalls ? index : undefined;
  const byId = given.id === undefined ? -1 : calls.findIndex((call) => call?.id === given.id);
  if (byId !== -1) return byId;
  const known = told === undefined ? undefined : calls[told];
  if (told !== undefined && known === undefined) return told;
  const isNewCall = given.name !== undefined && (told === undefined || isOther(given.id, known?.id));
  if (isNewCall) return calls.length;
  return told ?? Math.max(0, calls.length - 1);
}

/** Another id, together with a name, under the same index: a second whole call. */
function isOther(id: string | undefined, known: string | undefined): boolean {
  return id !== undefined && known !== undefined && id !== known;
}

/** A first or only piece: with id, type, and arguments as text. */
function whole(call: JsonObject, id: string): JsonObject {
  const withId = filled(call.id) === undefined ? { ...call, id } : call;
  const typed = filled(withId.type) === undefined ? { ...withId, type: 'function' } : withId;
  return mapMember(typed, 'function', (called) => {
    const { arguments: given } = called;
    if (typeof given === 'string') return called;
    return { ...called, arguments: given === undefined || given === null ? '' : JSON.stringify(given) };
  });
}

function later(piece: JsonObject, first: Known): JsonObject {
  const id = Object.hasOwn(piece, 'id') && (filled(piece.id) === undefined || piece.id === first.id);
  const cleaned = id ? without(piece, 'id') : piece;
  return mapMember(cleaned, 'function', (called) => {
    const isEmpty = Object.hasOwn(called, 'name') && filled(called.name) === undefined;
    return isEmpty || (called.name !== undefined && called.name === first.name) ? without(called, 'name') : called;
  });
}

function mapCalls(part: JsonObject, change: (call: JsonObject, at: number) => JsonObject): JsonObject {
  const { tool_calls: calls } = part;
  if (!Array.isArray(calls)) return part;
  const next = mapItems(calls, (call, at) => (isJsonObject(call) ? change(call, at) : call));
  return next === calls ? part : { ...part, tool_calls: next };
}

function nameOf(call: JsonObject): unknown {
  return isJsonObject(call.function) ? call.function.name : undefined;
}

function filled(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function madeId(requestId: string, choice: number, at: number): string {
  return `call_${requestId.replace(/^req_/, '')}${choice}x${at}`;
}
