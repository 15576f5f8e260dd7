import type { Message } from '../message/notification.ts';
import { SinkUnavailable } from '../sinks/sink.port.ts';
import type { Sink } from '../sinks/sink.port.ts';

/** A notification as a consumer reads it. */
export interface Received {
  readonly message_id: string;
  readonly event_type: string;
  readonly priority: string;
  readonly timestamp: string;
  readonly payload: Record<string, unknown>;
  readonly [key: string]: unknown;
}

/** A sink that remembers, and can be away. */
export class MemorySink implements Sink {
  readonly messages: Message[] = [];
  isAway = false;

  constructor(readonly name = 'memory') {}

  async publish(messages: readonly Message[]): Promise<void> {
    if (this.isAway) throw new SinkUnavailable(this.name, 'a test asked for it');
    this.messages.push(...messages);
  }

  async close(): Promise<void> {
    this.isAway = true;
  }

  get received(): readonly Received[] {
    return this.messages.map(({ text }) => JSON.parse(text) as Received);
  }

  /** Those of one type. */
  of(eventType: string): readonly Received[] {
    return this.received.filter(({ event_type: type }) => type === eventType);
  }
}

/** The ready-made samples of a `telemetry.polling`. */
export function samplesIn(payload: Received['payload']): readonly Readonly<Record<string, unknown>>[] {
  return payload['samples'] as readonly Readonly<Record<string, unknown>>[];
}
