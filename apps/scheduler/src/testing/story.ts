import { operationsDecider } from '@jeroboam/domain';
import type { OperationCommand, OperationsState } from '@jeroboam/domain';

export const NOON = '2026-01-31T12:00:00.000Z';
export const DEADLINE = '2026-01-31T13:00:00.000Z';

/** A bay's operations after some commands; the revision counts their events. */
export class Story {
  state: OperationsState = operationsDecider.initialState();
  revision = -1;

  constructor(readonly bayId: string, private readonly projectId = 'p1', private readonly driver = 'fake') {}

  create(operationId = `create-${this.bayId}`): this {
    const operation = { operationId, kind: 'create' as const, bayId: this.bayId };
    return this.do({ type: 'StartOperation', data: { bayId: this.bayId, projectId: this.projectId, operation, driver: { name: this.driver, version: '1.0.0' }, deadlineAt: DEADLINE } });
  }

  do(command: Omit<OperationCommand, 'metadata'>, now = NOON): this {
    for (const event of operationsDecider.decide({ ...command, metadata: { now } } as OperationCommand, this.state)) {
      this.state = operationsDecider.evolve(this.state, event);
      this.revision += 1;
    }
    return this;
  }

  dispatch(now = NOON): this {
    return this.do({ type: 'DispatchStep', data: { executorId: 'e1' } }, now);
  }
}
