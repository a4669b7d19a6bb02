import { pingComment } from '../heartbeat';
import { asChunk, asStream } from '../late-stream';
import { openAiErrors } from '../openai-error';
import { parseJsonObject, type JsonObject } from '../repairs/json-object';
import { SseTap } from '../sse-tap';
import { usageInJson, type Usage } from '../usage';
import type { Dialect, ErrorFormat, StreamTap, StreamTranslator, StreamType, Translation } from './dialect';

/** How the answers of one exchange are told to the client, and what the engine's look like. */
export interface Voice {
  readonly errors: ErrorFormat;
  /** Media type of the streams that the engine sends. */
  readonly engineStreams: StreamType;
  /** Media type of the streams that the client gets. */
  readonly clientStreams: StreamType;
  /** Answers are put into other words: none may pass unread. */
  readonly isTranslated: boolean;
  /** A sign of life inside a stream. */
  readonly ping: string | undefined;
  /** Reads along with a stream that passes as it is. */
  tap(): StreamTap;
  /** For a stream that is put into other words. */
  translator(): StreamTranslator | undefined;
  /** Tokens as told in a whole answer of the engine. */
  usage(body: Buffer): Usage | undefined;
  /**
   * A whole answer as the client gets it; undefined when it is no answer.
   *
   * @param parsed the same, where it has been parsed
   */
  whole(body: Buffer, parsed: JsonObject | undefined): ToldAnswer | undefined;
  /** The same as a stream, whose head may already be out; undefined when it cannot be told so. */
  late(body: Buffer, parsed: JsonObject | undefined): string | undefined;
}

export interface ToldAnswer {
  readonly contentType: string;
  readonly body: Buffer | string;
}

const json = 'application/json';
const eventStream = 'text/event-stream';

/** OpenAI's own API: what engines say is what clients get. */
export const openAiVoice: Voice = {
  errors: openAiErrors,
  engineStreams: eventStream,
  clientStreams: eventStream,
  isTranslated: false,
  ping: pingComment,
  tap: () => new SseTap(),
  translator: () => undefined,
  usage: (body) => usageInJson(body),
  whole: (body) => ({ contentType: json, body }),
  late: (body) => asStream(body),
};

/** A dialect that the engine speaks itself: passed on, read along with. */
export function nativeVoice(dialect: Dialect): Voice {
  const { errors, streams } = dialect;
  const isLines = streams.contentType === 'application/x-ndjson';
  return {
    errors,
    engineStreams: streams.contentType,
    clientStreams: streams.contentType,
    isTranslated: false,
    ping: streams.ping,
    tap: () => streams.tap(),
    translator: () => undefined,
    usage: (body) => dialect.usage(body),
    whole: (body) => ({ contentType: json, body }),
    // A whole answer of line-wise formats is their last line; events cannot be made of one without knowing them
    late: (body) => {
      const answer = isLines ? parseJsonObject(body.toString('utf8')) : undefined;
      return answer && `${JSON.stringify(answer)}\n`;
    },
  };
}

/** A dialect that the engine does not speak: OpenAI's form towards the engine, the dialect's towards the client. */
export function translatedVoice({ errors, streams }: Dialect, translation: Translation, isStream: boolean): Voice {
  const late = (body: Buffer, parsed: JsonObject | undefined): string | undefined => {
    const answer = parsed ?? parseJsonObject(body.toString('utf8'));
    if (answer === undefined || translation.whole(answer) === undefined) return undefined;
    const translator = translation.stream();
    return translator.chunk(asChunk(answer)) + translator.end();
  };
  return {
    errors,
    engineStreams: eventStream,
    clientStreams: streams.contentType,
    isTranslated: true,
    ping: streams.ping,
    tap: () => new SseTap(),
    translator: () => translation.stream(),
    usage: (body) => usageInJson(body),
    whole: (body, parsed) => {
      if (isStream) {
        const text = late(body, parsed);
        return text === undefined ? undefined : { contentType: streams.contentType, body: text };
      }
      const answer = parsed ?? parseJsonObject(body.toString('utf8'));
      const told = answer && translation.whole(answer);
      return told && { contentType: json, body: JSON.stringify(told) };
    },
    late,
  };
}
