export { FakeClock } from './fake-clock.ts';
export { freePort, startNatsServer } from './nats-server.ts';
export type { NatsServer, NatsServerOptions } from './nats-server.ts';
