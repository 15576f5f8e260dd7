import { InProcessBus } from './in-process-wire.ts';
import { openMessaging } from './messaging.ts';
import { messagingContract } from './testing/messaging.contract.ts';

messagingContract('the bus in process', () => {
  const bus = new InProcessBus();
  return Promise.resolve({
    join: (options) => openMessaging({ profile: 'in-process', bus, ...options }),
    close: () => Promise.resolve(),
  });
});
