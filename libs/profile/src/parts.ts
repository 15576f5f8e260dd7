import { openMessaging } from '@jeroboam/messaging';
import type { Messaging } from '@jeroboam/messaging';
import type { EventLog } from '@jeroboam/event-log';
import type { HealthRegistry, Metrics, Secret } from '@jeroboam/platform';
import type { ServiceContext } from '@jeroboam/platform/nest';
import { apiProjections, runProjections } from '@jeroboam/read-model';
import type { Projector, ReadModel } from '@jeroboam/read-model';
import { openEventLog, openReadModel } from './backbone.ts';
import type { DataLayout } from './backbone.ts';

// What services open, each with its end and its readiness.

/** A projection further behind than this makes its process not ready, in seconds. */
const READY_LAG_SECONDS = 30;

interface BusConfig {
  readonly natsServers: readonly string[];
  readonly natsToken?: Secret | undefined;
}

/** The bus of a separate process; a NATS server that is not there yet is waited for. */
export function serviceBus(service: string, { config, logger, health, later }: ServiceContext<BusConfig>): Messaging {
  const { natsServers, natsToken } = config;
  const messaging = openMessaging({ profile: 'nats', servers: natsServers, queueGroup: service, logger, ...(natsToken ? { token: natsToken } : {}) });
  later(() => messaging.close());
  health.addReadiness('messaging', () => messaging.check());
  return messaging;
}

export async function serviceLog(layout: DataLayout, { health, later }: Pick<ServiceContext<unknown>, 'health' | 'later'>): Promise<EventLog> {
  const eventLog = await openEventLog(layout);
  later(() => eventLog.close());
  health.addReadiness('event log', async () => void (await eventLog.head()));
  return eventLog;
}

export async function serviceReadModel(layout: DataLayout, { later }: Pick<ServiceContext<unknown>, 'later'>): Promise<ReadModel> {
  const readModel = await openReadModel(layout);
  later(() => readModel.close());
  return readModel;
}

/** Keeps what the API reads, and shows how far behind it is. */
export function serviceProjections(log: EventLog, readModel: ReadModel, { logger, health, metrics, later }: Pick<ServiceContext<unknown>, 'logger' | 'health' | 'metrics' | 'later'>): Projector {
  const seconds = new Map<string, number>();
  const gauges = lagGauges(metrics);
  const projector = runProjections({
    log, readModel, logger, projections: apiProjections(),
    onLag: ({ projection, lagEvents, lagSeconds, parked }) => {
      seconds.set(projection, lagSeconds);
      gauges.events.set({ projection }, lagEvents);
      gauges.seconds.set({ projection }, lagSeconds);
      gauges.parked.set({ projection }, parked);
    },
  });
  later(() => projector.stop());
  addLagCheck(health, seconds);
  return projector;
}

function lagGauges(metrics: Metrics) {
  return {
    events: metrics.gauge('jeroboam_projection_lag_events', 'Events a projection has not applied yet, counted up to 1000.', ['projection']),
    seconds: metrics.gauge('jeroboam_projection_lag_seconds', 'Age of the oldest event a projection has not applied yet.', ['projection']),
    parked: metrics.gauge('jeroboam_projection_parked_streams', 'Streams that wait for an operator; any is a reason for an alarm.', ['projection']),
  };
}

function addLagCheck(health: HealthRegistry, seconds: ReadonlyMap<string, number>): void {
  health.addReadiness('projections', () => {
    const behind = [...seconds].filter(([, lag]) => lag > READY_LAG_SECONDS).map(([name, lag]) => `${name} is ${Math.round(lag)} s behind`);
    if (behind.length > 0) throw new Error(behind.join(', '));
  });
}
