import type { Exchange } from './exchange';
import type { FinishedReply, Piece } from './reply';
import type { CommonScript } from './script';
import type { Simulator } from './simulator';

/** How an engine words a streamed answer. Every string is one write; an empty one is not sent. */
export interface StreamDialect {
  /** Leaves together with the first piece. */
  start(): string;
  /** Several writes where the engine sends a piece in fragments. */
  piece(piece: Exclude<Piece, { kind: 'error' }>): readonly string[];
  finish(): readonly string[];
  /** A failure after the first byte; the body ends afterwards. */
  fail(message: string): readonly string[];
}

export interface StreamOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** The header block leaves before the first token. */
  readonly flush: boolean;
  /** When the generation stops; default: as soon as the client has gone. */
  readonly signal?: AbortSignal;
  /** Runs between the header block and the generation; false when the client left meanwhile. */
  readonly before?: () => Promise<boolean>;
  /** SSE comment after every so many milliseconds of silence. */
  readonly ping?: { readonly everyMs: number; readonly text: string };
}

/** Streams a reply in the words of `dialect`. */
export async function streamReply<S extends CommonScript>(
  exchange: Exchange,
  simulator: Simulator<S>,
  reply: FinishedReply,
  dialect: StreamDialect,
  options: StreamOptions,
): Promise<void> {
  const writer = exchange.startBody(200, options.headers, simulator.scripted.wire ?? {}, { flush: options.flush });
  if (options.before && !(await options.before())) return;
  let pending = dialect.start();
  let lastWrite = Date.now();
  const write = async (text: string): Promise<void> => {
    lastWrite = Date.now();
    if (text !== '') await writer.write(text);
  };
  const { ping } = options;
  const pinger =
    ping &&
    setInterval(() => {
      if (!writer.isOver && Date.now() - lastWrite >= ping.everyMs) void write(ping.text);
    }, ping.everyMs / 4);
  try {
    // The loop goes on when the client has left: how long the engine works then is its own affair (`signal`).
    for await (const piece of simulator.generate(exchange, reply, options.signal)) {
      if (piece.kind === 'error') {
        if (pending !== '') await write(pending);
        for (const text of dialect.fail(piece.message)) await write(text);
        await writer.end();
        return;
      }
      const [first = '', ...rest] = dialect.piece(piece);
      await write(pending + first);
      pending = '';
      for (const text of rest) await write(text);
    }
    if (pending !== '') await write(pending);
    for (const text of dialect.finish()) await write(text);
    await writer.end();
  } finally {
    clearInterval(pinger);
  }
}

/** Runs a generation whose text is sent at the end; false when it was broken off. */
export async function generateWhole<S extends CommonScript>(
  exchange: Exchange,
  simulator: Simulator<S>,
  reply: FinishedReply,
  signal?: AbortSignal,
): Promise<boolean> {
  let pieces = 0;
  for await (const piece of simulator.generate(exchange, reply, signal)) {
    if (piece.kind === 'error') return true;
    pieces += 1;
  }
  return pieces === reply.pieces.length;
}

/** One SSE event. */
export function sse(data: unknown, event?: string): string {
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;
}

export const sseDone = 'data: [DONE]\n\n';

/** A tool call's arguments in the crumbs a streaming engine sends them in. */
export function fragments(text: string, size = 4): string[] {
  const points = Array.from(text);
  const parts: string[] = [];
  for (let at = 0; at < points.length; at += size) parts.push(points.slice(at, at + size).join(''));
  return parts;
}
