export { startEmbedded } from './embedded.ts';
export type { Embedded } from './embedded.ts';
export { embeddedConfig } from './embedded.config.ts';
export type { EmbeddedConfig } from './embedded.config.ts';
