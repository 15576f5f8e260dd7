import type { DocumentStore } from '../inventory/document-store.ts';
import type { Clock } from '../inventory/clock.ts';
import type { Faults } from '../inventory/faults.ts';
import type { Ids } from '../inventory/ids.ts';
import type { EngineParts } from './engine/convergence.ts';
import { ResourceTypes } from './engine/resource-types.ts';
import type { ResourceType } from './engine/resource-type.ts';
import { StackEngine } from './engine/stack-engine.ts';
import { StackReader } from './engine/stack-reader.ts';
import { StackStore } from './engine/stack-store.ts';
import { StackValidator } from './engine/validation.ts';
import type { StackIdentity } from './engine/stack-view.ts';
import type { CustomConstraints } from './hot/constraints.ts';
import { ResourceGroupType } from './resources/resource-group.ts';
import { TemplateResourceType } from './resources/template-resource.ts';

export interface OrchestratorOptions {
  readonly documents: DocumentStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly faults: Faults;
  /** Besides groups and templates, which belong to the engine. */
  readonly types: readonly ResourceType[];
  readonly constraintsFor: (stack: StackIdentity) => CustomConstraints;
}

/** The parts of an orchestration service, put together. */
export interface Orchestrator {
  readonly engine: StackEngine;
  readonly store: StackStore;
  readonly reader: StackReader;
  readonly validator: StackValidator;
  readonly types: ResourceTypes;
}

export function openOrchestrator({ documents, clock, ids, faults, types: given, constraintsFor }: OrchestratorOptions): Orchestrator {
  const types = new ResourceTypes(
    [...given, new ResourceGroupType(clock)], (path, definition) => new TemplateResourceType(path, definition),
  );
  const store = new StackStore(documents, clock, ids);
  const reader = new StackReader(store, types);
  const parts: EngineParts = { store, types, reader, clock, ids, faults };
  return { engine: new StackEngine(parts), store, reader, types, validator: new StackValidator(types, constraintsFor) };
}
