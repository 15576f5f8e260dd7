import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BayType, DriverManifest, PlannedStep } from '../driver.contract.ts';
import { newestTemplate } from '../template/template-bundle.ts';
import type { TemplateBundle, TemplateOutput, TemplateParameter } from '../template/template-bundle.ts';
import type { RecordedCase } from './corpus.ts';

/** What a driver would do with one recorded bay; null: it refuses. */
export type RenderedPlan = { readonly steps: readonly PlannedStep[]; readonly resources: Readonly<Record<string, unknown>> } | null;

/** A version of a driver as it was shipped, as far as the next one is compared with it. Plain JSON. */
export interface FrozenDriver {
  readonly name: string;
  readonly version: string;
  readonly provides: readonly BayType[];
  readonly operations: readonly string[];
  readonly template: {
    readonly version: string;
    /** Null: the driver has no template bundle. */
    readonly digest: string | null;
    readonly parameters: Readonly<Record<string, TemplateParameter>>;
    readonly outputs: Readonly<Record<string, TemplateOutput>>;
    readonly defaultLabels: TemplateBundle['defaultLabels'];
  };
  /** What the plans were rendered over, and the next version's will be. */
  readonly corpus: readonly RecordedCase[];
  /** By name of the case. */
  readonly plans: Readonly<Record<string, RenderedPlan>>;
}

/** Renders the plans of a driver over a corpus. Its plans are pure: nothing outside is looked at. */
export async function freezeDriver(manifest: DriverManifest, corpus: readonly RecordedCase[]): Promise<FrozenDriver> {
  const { version, bundle } = newestTemplate(manifest);
  const { parameters = {}, outputs = {}, defaultLabels = {}, digest = null } = bundle ?? {};
  return {
    name: manifest.name, version: manifest.version, provides: manifest.provides, operations: manifest.capabilities.operations,
    template: { version, digest, parameters, outputs, defaultLabels }, corpus, plans: await render(manifest, corpus),
  };
}

async function render(manifest: DriverManifest, corpus: readonly RecordedCase[]): Promise<Readonly<Record<string, RenderedPlan>>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'jeroboam-plans-'));
  try {
    const driver = manifest.create({ dataDir, log: { info: () => {}, warn: () => {} } });
    const plans = await Promise.all(corpus.map(async ({ name, bay, operation }): Promise<[string, RenderedPlan]> => {
      try {
        return [name, plain({ steps: driver.plan(operation, bay), resources: (await driver.render?.(operation, bay)) ?? {} })];
      } catch (error) {
        // A refusal is an answer that can change as well; anything else is a fault of the driver.
        if (error instanceof Error && error.name === 'StepFailed') return [name, null];
        throw error;
      }
    }));
    return Object.fromEntries(plans);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** As it would be read from a file: what is undefined is not there. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
