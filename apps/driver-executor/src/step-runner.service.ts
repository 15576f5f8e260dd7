import { PLAN_STEP, SYSTEM_ACTOR, derivedId, driverOf, isDomainError } from '@jeroboam/domain';
import type { BayView, MachineView, OperationView } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';
import type { PlannedStep, StepContext } from '@jeroboam/driver-sdk';
import { reportPlan, reportStepFailed, reportStepSucceeded } from '@jeroboam/messaging';
import type { HeldLease, MessageClient, StepAssignment } from '@jeroboam/messaging';
import type { Logger, Timers } from '@jeroboam/platform';
import { delay } from '@jeroboam/platform';
import type { BayCredentials } from './credentials/bay-credentials.ts';
import { remoteCredentialLedger } from './credentials/credential-ledger.ts';
import { didCredentialStep, withCredentialSteps } from './credentials/credential-steps.ts';
import type { Needs } from './credentials/credential-steps.ts';
import type { DriverHost } from './driver-host.service.ts';
import type { ExecutorConfig } from './executor.config.ts';
import { didServiceStep, withServiceSteps } from './service-steps.ts';
import { StepMessages, remoteCertificates, remoteLedger } from './step-services.ts';

/** Tries of a step that failed with something other than a `StepFailed`: likely a bug, not a wait. */
const UNEXPECTED_TRIES = 5;

type Rest = StepContext['rest'];

/** Does one leased step and reports what came of it. */
export class StepRunner {
  constructor(
    private readonly client: MessageClient,
    private readonly drivers: DriverHost,
    private readonly config: ExecutorConfig,
    private readonly timers: Timers,
    private readonly log: Logger,
    /** Null: bays get no credentials of their own. */
    private readonly credentials: BayCredentials | null = null,
  ) {}

  /** Never throws: what goes wrong is reported, or left to the lease. */
  async run(assignment: StepAssignment, signal: AbortSignal, rest?: Rest): Promise<void> {
    const { lease, bay, operation, step } = assignment;
    const held = { bayId: bay.spec.bayId, token: lease.token };
    const messages = this.#messages(assignment);
    const fields = { bayId: held.bayId, operationId: lease.operationId, step: step.name, attempt: lease.attempt, driver: driverOf(operation, bay.spec).name };
    this.log.debug('a step begins', fields);
    try {
      if (step.name === PLAN_STEP) await this.#report(messages, held, reportPlan, { steps: await this.#plan(assignment) });
      else await this.#report(messages, held, reportStepSucceeded, { outcome: await this.#execute(assignment, messages, held, { signal, ...(rest && { rest }) }) });
      this.log.debug('a step is done', fields);
    } catch (error) {
      await this.#failed(error, messages, held, signal, { ...fields, operation: operation.kind });
    }
  }

  async #plan({ bay, operation }: StepAssignment): Promise<readonly PlannedStep[]> {
    const steps = withCredentialSteps(operation.kind, bay, await this.#driverSteps(bay, operation), this.#needs({ bay, operation }));
    return withServiceSteps(operation.kind, steps);
  }

  async #driverSteps(bay: BayView, operation: OperationView): Promise<readonly PlannedStep[]> {
    const { name, version } = driverOf(operation, bay.spec);
    // Nothing was ever made, so nothing is asked of a driver that may not even work here. Where something was, but is no
    // more, a deletion was given up after it had deleted everything: what the infrastructure has metered may be untold.
    if (operation.kind === 'delete' && !(bay.hadResources ?? bay.resources.length > 0)) return [];
    return (await this.drivers.available(name, version)).plan(operation, bay);
  }

  #needs({ bay, operation }: Pick<StepAssignment, 'bay' | 'operation'>): Needs {
    const { name, version } = driverOf(operation, bay.spec);
    return this.credentials ? this.drivers.needs(name, version, bay.spec) : [];
  }

  async #execute(assignment: StepAssignment, messages: StepMessages, held: HeldLease, waiting: Pick<StepContext, 'signal' | 'rest'>) {
    if (await didServiceStep(assignment, messages)) return {};
    const { lease, bay, operation, step } = assignment;
    const { bayId } = bay.spec;
    const log = this.log.with({ bayId, step: step.name });
    if (await didCredentialStep(assignment, this.#needs(assignment), remoteCredentialLedger(messages, held), this.credentials, { ...waiting, log })) return {};
    const { name, version } = driverOf(operation, bay.spec);
    return this.drivers.driver(name, version).run(step, {
      bay,
      operation,
      attempt: lease.attempt,
      fencingToken: lease.token,
      ...waiting,
      ledger: remoteLedger(messages, held),
      certificates: remoteCertificates(messages, bay.spec),
      log,
    });
  }

  async #failed(error: unknown, messages: StepMessages, held: HeldLease, signal: AbortSignal, fields: Record<string, unknown>): Promise<void> {
    if (isDomainError(error) && error.code === 'STALE_LEASE') return this.log.info('a step lost its lease and stopped', fields);
    // Cut short from here is nobody's fault: an executor that is restarted must not use up the tries of its steps.
    const known = error instanceof StepFailed || isDomainError(error) || signal.aborted;
    const reason = error instanceof Error ? error.message : String(error);
    const retryable = error instanceof StepFailed ? error.retryable : !isDomainError(error) || error.kind === 'unavailable';
    this.log.warn('a step failed', { ...fields, reason, retryable, ...(known ? {} : { error }) });
    const report = { reason, retryable, maxAttempts: known ? null : UNEXPECTED_TRIES, ...evidenceOf(error) };
    await this.#report(messages, held, reportStepFailed, report).catch((unreported: unknown) => this.log.warn('a failed step could not be reported; its lease will run out', { ...fields, error: unreported }));
  }

  /** The same report has the same command id, so sending it again after an unknown outcome is harmless. */
  async #report(messages: StepMessages, held: HeldLease, contract: { readonly pattern: string }, report: object): Promise<void> {
    const options = messages.options(derivedId(held.bayId, held.token, contract.pattern));
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.client.send(contract, { ...held, ...report }, options);
        return;
      } catch (error) {
        if (!isDomainError(error) || error.kind !== 'unavailable' || attempt === 10) throw error;
        await delay(this.timers, this.config.retryMs);
      }
    }
  }

  #messages({ lease, bay }: StepAssignment): StepMessages {
    const context = {
      actor: { ...SYSTEM_ACTOR, projectId: bay.spec.projectId },
      requestId: `req-${lease.operationId}`,
      correlationId: lease.operationId,
      causationId: null,
    };
    return new StepMessages(this.client, context, this.config.messageTimeoutMs);
  }
}

/** What a step found out although it failed. */
function evidenceOf(error: unknown): { readonly blockedBy: readonly string[]; readonly machines?: readonly MachineView[] } {
  if (!(error instanceof StepFailed)) return { blockedBy: [] };
  return { blockedBy: error.blockedBy, ...(error.machines.length > 0 && { machines: error.machines }) };
}
