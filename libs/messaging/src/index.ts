export { defineMessage } from './message.ts';
export type { Message, MessageClient, MessageContext, MessageContract, SendOptions } from './message.ts';
