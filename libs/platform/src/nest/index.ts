export { MagnumErrorFilter } from './magnum-error.filter.ts';
export type { ErrorResponse, MagnumErrorFilterOptions } from './magnum-error.filter.ts';
export { PlatformHttpModule } from './platform-http.module.ts';
export { runService } from './run-service.ts';
export type { RunningService, RunServiceOptions, ServiceContext, ServiceDescription, ServiceParts } from './run-service.ts';
export { RouteTable } from './route-table.ts';
export { httpAdapter } from './http-adapter.ts';
export type { HttpAdapter, HttpAdapterOptions } from './http-adapter.ts';
