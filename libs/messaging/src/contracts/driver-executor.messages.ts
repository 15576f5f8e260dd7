import type { BayView, ExtensionCall } from '@jeroboam/domain';
import { defineMessage } from '../message.ts';

/** A driver as an executor's host sees it; `missing` is empty where it can work. */
export interface DriverOnHost {
  readonly name: string;
  readonly version: string;
  readonly available: boolean;
  readonly missing: readonly { readonly what: string; readonly reason: string; readonly package?: string }[];
}

export const listDrivers = defineMessage<Record<string, never>, { drivers: readonly DriverOnHost[] }>('driver-executor.list-drivers');

/** What a driver showed of its bay, or the sentence in which it failed to. */
export type ExtensionAnswer = { readonly shown: Readonly<Record<string, unknown>> } | { readonly failed: string };

/** Asks the bay's driver for what only it knows; nothing is changed. */
export const readExtension = defineMessage<{ bay: BayView; call: ExtensionCall }, ExtensionAnswer>('driver-executor.read-extension');
