export { DEFAULT_CONFIG } from './default-config.ts';
export { bayEvents, streamOf } from './history.ts';
export { RabbitMqServer } from './rabbitmq-server.ts';
export { Notifier } from '../notifier.ts';
