import { StaleLease, newsOf } from '@jeroboam/domain';
import type { BayCommand, EventContext, MachineView, OperationCommand, OperationsState } from '@jeroboam/domain';
import type { HeldLease, MessageContext } from '@jeroboam/messaging';
import type { WriteSide } from './write-side.ts';

type Nothing = Record<string, never>;

/** What executors say of their steps. Only the holder of the present lease is heard; anybody else is told to stop. */
export class StepReports {
  constructor(private readonly writeSide: WriteSide) {}

  async report(bayId: string, command: Omit<OperationCommand, 'metadata'>, context: MessageContext): Promise<Nothing> {
    const { state } = await this.writeSide.operations.load(bayId);
    await this.writeSide.operations.execute(bayId, await this.#withNews(bayId, command), withDriver(context, state));
    return {};
  }

  /** Durable when it returns, so that an executor acts only on what the log already knows of. */
  async ledger({ bayId, token }: HeldLease, command: (operationId: string) => Omit<BayCommand, 'metadata'>, context: MessageContext): Promise<Nothing> {
    const { state } = await this.writeSide.operations.load(bayId);
    if (state.running?.token !== token) throw new StaleLease(token, state.running?.token ?? null);
    await this.writeSide.bays.execute(bayId, command(state.running.operationId), withDriver(context, state));
    return {};
  }

  /** A step names all machines there were for a while; the log is to keep of it what it does not know yet. */
  async #withNews(bayId: string, command: Omit<OperationCommand, 'metadata'>): Promise<Omit<OperationCommand, 'metadata'>> {
    const report = command as OperationCommand;
    if (report.type === 'ReportStepFailed') return { ...report, data: await this.#newly(bayId, report.data) };
    if (report.type === 'ReportStepSucceeded') return { ...report, data: { ...report.data, outcome: await this.#newly(bayId, report.data.outcome) } };
    return command;
  }

  async #newly<T extends { readonly machines?: readonly MachineView[] }>(bayId: string, report: T): Promise<T> {
    const { machines, ...rest } = report;
    if (machines === undefined) return report;
    const { state } = await this.writeSide.bays.load(bayId);
    const news = state.phase === 'live' ? newsOf(machines, state) : [];
    return { ...rest, ...(news.length > 0 && { machines: news }) } as T;
  }
}

function withDriver(context: MessageContext, { owner, running }: OperationsState): EventContext {
  const driver = owner?.driver;
  return { ...context, correlationId: running?.operationId ?? context.correlationId, ...(driver ? { driver } : {}) };
}
