import type { Metrics } from '@jeroboam/platform';

/** Numbers about every sink's feed. */
export interface FeedMetrics {
  sent(sink: string, count: number): void;
  failed(sink: string): void;
  parked(sink: string): void;
  lag(sink: string, events: number, seconds: number): void;
}

export function feedMetrics(metrics: Metrics): FeedMetrics {
  const sent = metrics.counter('jeroboam_notifications_sent_total', 'Notifications that a sink has confirmed.', ['sink']);
  const failed = metrics.counter('jeroboam_notification_failures_total', 'Attempts to hand notifications to a sink that failed.', ['sink']);
  const parked = metrics.counter('jeroboam_notifications_parked_total', 'Notifications left out because no consumer could read them; any is a bug.', ['sink']);
  const events = metrics.gauge('jeroboam_notifier_lag_events', 'Events that a sink has not been told of yet, counted up to 1000.', ['sink']);
  const seconds = metrics.gauge('jeroboam_notifier_lag_seconds', 'Age of the oldest event that a sink has not been told of yet.', ['sink']);
  return {
    sent: (sink, count) => sent.inc({ sink }, count),
    failed: (sink) => failed.inc({ sink }),
    parked: (sink) => parked.inc({ sink }),
    lag: (sink, lagEvents, lagSeconds) => {
      events.set({ sink }, lagEvents);
      seconds.set({ sink }, lagSeconds);
    },
  };
}
