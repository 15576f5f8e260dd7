import { isAdmin } from '../../identity/caller.ts';
import { StackRefusal } from '../engine/failures.ts';
import type { StackRecord } from '../engine/records.ts';
import type { Orchestrator } from '../orchestrator.ts';
import { notFound } from './heat-error.ts';
import type { StackAddress } from './stack-address.ts';

/** Finds the stacks that a caller may see. */
export class StackFinder {
  constructor(private readonly orchestrator: Orchestrator) {}

  /**
   * The project that an address names.
   *
   * @throws {StackRefusal} 403 for one that is not the caller's; administrators may look into any.
   */
  projectOf({ caller, project }: Pick<StackAddress, 'caller' | 'project'>): string {
    if (caller.projectId !== null && caller.foreignProjectId === project) return caller.projectId;
    if (caller.projectId === project || isAdmin(caller)) return project;
    throw new StackRefusal('HTTPForbidden', 403, 'Access was denied to this resource.');
  }

  /** By name among those that live, by id among all. @throws {StackRefusal} 404 */
  named(at: StackAddress): StackRecord {
    const projectId = this.projectOf(at);
    const byId = this.orchestrator.store.stack(at.name);
    const stack = byId?.projectId === projectId
      ? byId
      : this.orchestrator.store.roots(projectId).find(({ name, deletedAtMs }) => name === at.name && deletedAtMs === null);
    if (!stack) throw notFound('Stack', at.name);
    return stack;
  }

  /** Name and id must belong together. @throws {StackRefusal} 404 */
  exact(at: StackAddress): StackRecord {
    const projectId = this.projectOf(at);
    const stack = this.orchestrator.store.stack(at.id);
    if (stack?.projectId !== projectId || stack.name !== at.name) throw notFound('Stack', at.name);
    return stack;
  }

  /** The same, of one that lives. */
  living(at: StackAddress): StackRecord {
    const stack = this.exact(at);
    if (stack.deletedAtMs !== null) throw notFound('Stack', at.name);
    return stack;
  }

  /** The stack with those nested in it, down to a depth. */
  withNested(stack: StackRecord, depth: number): StackRecord[] {
    if (depth <= 0) return [stack];
    return [stack, ...this.orchestrator.store.childrenOf(stack.id).flatMap((child) => this.withNested(child, depth - 1))];
  }
}
