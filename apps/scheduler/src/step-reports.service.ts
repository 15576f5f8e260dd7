import { StaleLease } from '@jeroboam/domain';
import type { BayCommand, EventContext, OperationCommand, OperationsState } from '@jeroboam/domain';
import type { HeldLease, MessageContext } from '@jeroboam/messaging';
import type { WriteSide } from './write-side.ts';

type Nothing = Record<string, never>;

/** What executors say of their steps. Only the holder of the present lease is heard; anybody else is told to stop. */
export class StepReports {
  constructor(private readonly writeSide: WriteSide) {}

  async report(bayId: string, command: Omit<OperationCommand, 'metadata'>, context: MessageContext): Promise<Nothing> {
    const { state } = await this.writeSide.operations.load(bayId);
    await this.writeSide.operations.execute(bayId, command, withDriver(context, state));
    return {};
  }

  /** Durable when it returns, so that an executor acts only on what the log already knows of. */
  async ledger({ bayId, token }: HeldLease, command: (operationId: string) => Omit<BayCommand, 'metadata'>, context: MessageContext): Promise<Nothing> {
    const { state } = await this.writeSide.operations.load(bayId);
    if (state.running?.token !== token) throw new StaleLease(token, state.running?.token ?? null);
    await this.writeSide.bays.execute(bayId, command(state.running.operationId), withDriver(context, state));
    return {};
  }
}

function withDriver(context: MessageContext, { owner, running }: OperationsState): EventContext {
  const driver = owner?.driver;
  return { ...context, correlationId: running?.operationId ?? context.correlationId, ...(driver ? { driver } : {}) };
}
