export { aContext } from './a-context.ts';
export { messagingContract } from './messaging.contract.ts';
export type { MessagingBus } from './messaging.contract.ts';
