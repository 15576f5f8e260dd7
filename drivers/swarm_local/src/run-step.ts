import type { PlannedStep, StepContext, StepResult } from '@jeroboam/driver-sdk';
import { EngineApis } from './bay/bay-site.ts';
import { Fence } from './bay/fence.ts';
import { BayNames } from './bay/names.ts';
import { requirePlanned } from './plan.ts';
import type { StepName } from './plan.ts';
import { changeRole } from './steps/change-role.ts';
import { removeFiles, removeNetwork, stopEngines } from './steps/delete.ts';
import { issueCertificates } from './steps/issue-certificates.ts';
import { forgetOldAuthority, trustBothAuthorities } from './steps/rotate-authority.ts';
import { prepareNodes } from './steps/prepare-nodes.ts';
import { drainNodes, removeNodes, selectNodes } from './steps/shrink.ts';
import { startEngines } from './steps/start-engines.ts';
import { formSwarmStep, joinNodes } from './steps/swarm-steps.ts';
import { guard } from './steps/work.ts';
import type { Work } from './steps/work.ts';

const RUN: Readonly<Record<StepName, (work: Work) => Promise<StepResult>>> = {
  'select-nodes': selectNodes,
  'prepare-nodes': prepareNodes,
  'issue-certificates': issueCertificates,
  'start-engines': startEngines,
  'form-swarm': formSwarmStep,
  'join-nodes': joinNodes,
  'drain-nodes': drainNodes,
  'remove-nodes': removeNodes,
  'trust-both-authorities': trustBothAuthorities,
  'forget-old-authority': forgetOldAuthority,
  'change-role': changeRole,
  'stop-engines': stopEngines,
  'remove-network': removeNetwork,
  'remove-files': removeFiles,
};

/** @throws {StepFailed} */
export async function runStep(step: PlannedStep, context: StepContext, dataDir: string): Promise<StepResult> {
  const name = requirePlanned(step, context.operation);
  const names = new BayNames(context.bay.spec.bayId, dataDir);
  const fence = new Fence(names, dataDir, context.fencingToken);
  if (fence.exists()) fence.raise();
  else fence.refuseDeleted();
  using apis = new EngineApis(names);
  const work: Work = { names, dataDir, fence, apis, context };
  guard(work);
  return await RUN[name](work);
}
