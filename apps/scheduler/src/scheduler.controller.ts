import { Controller, Inject } from '@nestjs/common';
import {
  Handles, claimStep, closeCredential, createBay, createBayModel, createNodeGroup, createProjectQuota, deleteBay, deleteBayModel, deleteNodeGroup, heartbeat,
  intendCredential, intendResources, recordCredential, recordResources, releaseResources, removeProjectQuota, reportBayHealth, reportPlan, reportStepFailed, reportStepSucceeded,
  resizeBay, reviseBayModel, reviseNodeGroup, rotateCa, rotateCredential, runExtension, schedulerStatus, setProjectQuota, upgradeBay,
} from '@jeroboam/messaging';
import type { Accepted, HeldLease, Message, MessageContract, SchedulerStatus, StepAssignment } from '@jeroboam/messaging';
import { BayCommands } from './bay-commands.service.ts';
import { Dispatcher } from './dispatcher.service.ts';
import { QuotaCommands } from './quota-commands.service.ts';
import { Status } from './status.service.ts';
import { StepReports } from './step-reports.service.ts';

type In<C> = C extends MessageContract<infer Request, unknown> ? Message<Request> : never;
type Nothing = Record<string, never>;

/** The scheduler's door: one method a message, nothing decided here. */
@Controller()
export class SchedulerController {
  constructor(
    @Inject(BayCommands) private readonly commands: BayCommands,
    @Inject(Dispatcher) private readonly dispatcher: Dispatcher,
    @Inject(StepReports) private readonly reports: StepReports,
    @Inject(QuotaCommands) private readonly quotas: QuotaCommands,
    @Inject(Status) private readonly status: Status,
  ) {}

  @Handles(createBayModel)
  createBayModel({ payload, context }: In<typeof createBayModel>): Promise<Accepted> {
    return this.commands.createBayModel(payload.spec, context);
  }

  @Handles(reviseBayModel)
  reviseBayModel({ payload, context }: In<typeof reviseBayModel>): Promise<Accepted> {
    return this.commands.reviseBayModel(payload.bayModelId, payload.changes, context);
  }

  @Handles(deleteBayModel)
  deleteBayModel({ payload, context }: In<typeof deleteBayModel>): Promise<Accepted> {
    return this.commands.deleteBayModel(payload.bayModelId, context);
  }

  @Handles(createBay)
  createBay({ payload, context }: In<typeof createBay>): Promise<Accepted> {
    return this.commands.createBay(payload.spec, payload.nodeGroups, context);
  }

  @Handles(resizeBay)
  resizeBay({ payload: { bayId, ...data }, context }: In<typeof resizeBay>): Promise<Accepted> {
    return this.commands.ask(bayId, { type: 'ResizeBay', data }, context);
  }

  @Handles(createNodeGroup)
  createNodeGroup({ payload: { bayId, ...data }, context }: In<typeof createNodeGroup>): Promise<Accepted> {
    return this.commands.ask(bayId, { type: 'CreateNodeGroup', data }, context);
  }

  @Handles(reviseNodeGroup)
  reviseNodeGroup({ payload: { bayId, ...data }, context }: In<typeof reviseNodeGroup>): Promise<Accepted> {
    return this.commands.ask(bayId, { type: 'ReviseNodeGroup', data }, context);
  }

  @Handles(deleteNodeGroup)
  deleteNodeGroup({ payload: { bayId, ...data }, context }: In<typeof deleteNodeGroup>): Promise<Accepted> {
    return this.commands.ask(bayId, { type: 'DeleteNodeGroup', data }, context);
  }

  @Handles(upgradeBay)
  upgradeBay({ payload: { bayId, ...data }, context }: In<typeof upgradeBay>): Promise<Accepted> {
    return this.commands.ask(bayId, { type: 'UpgradeBay', data }, context);
  }

  @Handles(rotateCa)
  rotateCa({ payload: { bayId }, context }: In<typeof rotateCa>): Promise<Accepted> {
    return this.commands.ask(bayId, { type: 'RotateCa', data: {} }, context);
  }

  @Handles(runExtension)
  runExtension({ payload: { bayId, ...data }, context }: In<typeof runExtension>): Promise<Accepted> {
    return this.commands.ask(bayId, { type: 'RunExtension', data }, context);
  }

  @Handles(rotateCredential)
  rotateCredential({ payload: { bayId, rebindOwner = false, ...what }, context }: In<typeof rotateCredential>): Promise<Accepted> {
    return this.commands.ask(bayId, { type: 'RotateCredential', data: { ...what, ...(rebindOwner && { rebindOwner: { roles: context.actor.roles } }) } }, context);
  }

  @Handles(reportBayHealth)
  reportBayHealth({ payload: { bayId, ...data }, context }: In<typeof reportBayHealth>): Promise<Accepted> {
    return this.commands.reportHealth(bayId, data, context);
  }

  @Handles(deleteBay)
  deleteBay({ payload: { bayId }, context }: In<typeof deleteBay>): Promise<Accepted> {
    return this.commands.ask(bayId, { type: 'DeleteBay', data: {} }, context);
  }

  @Handles(createProjectQuota)
  createProjectQuota({ payload, context }: In<typeof createProjectQuota>): Promise<Accepted> {
    return this.quotas.write('CreateProjectQuota', payload, context);
  }

  @Handles(setProjectQuota)
  setProjectQuota({ payload, context }: In<typeof setProjectQuota>): Promise<Accepted> {
    return this.quotas.write('SetProjectQuota', payload, context);
  }

  @Handles(removeProjectQuota)
  removeProjectQuota({ payload, context }: In<typeof removeProjectQuota>): Promise<Accepted> {
    return this.quotas.remove(payload.projectId, context);
  }

  @Handles(schedulerStatus)
  async schedulerStatus(): Promise<SchedulerStatus> {
    return this.status.now();
  }

  @Handles(claimStep)
  claimStep({ payload: { executorId, drivers, waitMs } }: In<typeof claimStep>): Promise<StepAssignment | null> {
    return this.dispatcher.claim(executorId, drivers, waitMs);
  }

  @Handles(heartbeat)
  async heartbeat({ payload }: In<typeof heartbeat>): Promise<{ revoked: readonly HeldLease[] }> {
    return { revoked: await this.dispatcher.heartbeat(payload.leases) };
  }

  @Handles(reportPlan)
  async reportPlan({ payload: { bayId, ...data }, context }: In<typeof reportPlan>): Promise<Nothing> {
    return this.reports.report(bayId, { type: 'ReportPlan', data }, context);
  }

  @Handles(reportStepSucceeded)
  async reportStepSucceeded({ payload: { bayId, ...data }, context }: In<typeof reportStepSucceeded>): Promise<Nothing> {
    return this.reports.report(bayId, { type: 'ReportStepSucceeded', data }, context);
  }

  @Handles(reportStepFailed)
  async reportStepFailed({ payload: { bayId, ...data }, context }: In<typeof reportStepFailed>): Promise<Nothing> {
    return this.reports.report(bayId, { type: 'ReportStepFailed', data }, context);
  }

  @Handles(intendResources)
  async intendResources({ payload: { resources, ...lease }, context }: In<typeof intendResources>): Promise<Nothing> {
    return this.reports.ledger(lease, (operationId) => ({ type: 'IntendResources', data: { operationId, resources } }), context);
  }

  @Handles(recordResources)
  async recordResources({ payload: { resources, ...lease }, context }: In<typeof recordResources>): Promise<Nothing> {
    return this.reports.ledger(lease, (operationId) => ({ type: 'RecordResources', data: { operationId, resources } }), context);
  }

  @Handles(releaseResources)
  async releaseResources({ payload: { resourceIds, ...lease }, context }: In<typeof releaseResources>): Promise<Nothing> {
    return this.reports.ledger(lease, (operationId) => ({ type: 'ReleaseResources', data: { operationId, resourceIds } }), context);
  }

  @Handles(intendCredential)
  async intendCredential({ payload: { bayId, token, ...data }, context }: In<typeof intendCredential>): Promise<Nothing> {
    return this.reports.ledger({ bayId, token }, (operationId) => ({ type: 'IntendCredential', data: { operationId, ...data } }), context);
  }

  @Handles(recordCredential)
  async recordCredential({ payload: { bayId, token, ...data }, context }: In<typeof recordCredential>): Promise<Nothing> {
    return this.reports.ledger({ bayId, token }, (operationId) => ({ type: 'RecordCredential', data: { operationId, ...data } }), context);
  }

  @Handles(closeCredential)
  async closeCredential({ payload: { bayId, token, ...data }, context }: In<typeof closeCredential>): Promise<Nothing> {
    return this.reports.ledger({ bayId, token }, (operationId) => ({ type: 'CloseCredential', data: { operationId, ...data } }), context);
  }
}

