import { defineMessage } from '../message.ts';

/** A driver as an executor's host sees it; `missing` is empty where it can work. */
export interface DriverOnHost {
  readonly name: string;
  readonly version: string;
  readonly available: boolean;
  readonly missing: readonly { readonly what: string; readonly reason: string; readonly package?: string }[];
}

export const listDrivers = defineMessage<Record<string, never>, { drivers: readonly DriverOnHost[] }>('driver-executor.list-drivers');
