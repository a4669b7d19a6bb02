import { parseJsonObject, type JsonObject } from '../repairs/json-object';
import { SseEvents } from '../sse-events';
import type { Usage } from '../usage';
import type { StreamTap } from './dialect';

/** What one event of a native stream tells; absent members tell nothing. */
export interface EventMeaning {
  /** It carries text, reasoning or a piece of a tool call. */
  readonly hasContent?: boolean;
  readonly hasFinished?: boolean;
  readonly isDone?: boolean;
  readonly hasError?: boolean;
  /** Text of an error told in a way its clients do not read. */
  readonly hiddenError?: string;
  readonly usage?: Usage | undefined;
}

/** Reads along with a stream of server-sent events that an engine speaks natively. What cannot be read is passed over. */
export class EventTap implements StreamTap {
  isDone = false;
  hasFinished = false;
  hasError = false;
  hiddenError: string | undefined;
  usage: Usage | undefined;
  contentEvents = 0;
  readonly #events: SseEvents;

  /** @param meaningOf the parsed data of one event */
  constructor(meaningOf: (event: JsonObject) => EventMeaning) {
    this.#events = new SseEvents(
      (data) => {
        const event = parseJsonObject(data);
        if (event !== undefined) this.#take(meaningOf(event));
      },
      () => undefined,
    );
  }

  push(bytes: Buffer): void {
    this.#events.push(bytes);
  }

  end(): void {
    this.#events.end();
  }

  #take({ hasContent, hasFinished, isDone, hasError, hiddenError, usage }: EventMeaning): void {
    if (hasContent === true) this.contentEvents++;
    this.hasFinished ||= hasFinished === true;
    this.isDone ||= isDone === true;
    this.hasError ||= hasError === true;
    this.hiddenError = hiddenError ?? this.hiddenError;
    if (usage !== undefined) this.usage = { ...this.usage, ...usage };
  }
}
