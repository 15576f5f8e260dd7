export { ApiModule } from './api.module.ts';
export { createApiApp } from './create-api-app.ts';
export { apiFastifyAdapter } from './api-fastify-adapter.ts';
export { API, DEFAULT_API_CONFIG } from './api-dependencies.ts';
export type { Api, ApiConfig, ApiDependencies, Requesters } from './api-dependencies.ts';
export { Wire } from './wire/wire-route.ts';
export type { WireContext, WireRoute } from './wire/wire-route.ts';
