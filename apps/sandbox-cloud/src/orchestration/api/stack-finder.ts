import type { CallerIdentity } from '../../identity/caller.ts';
import { isAdmin } from '../../identity/caller.ts';
import { StackRefusal } from '../engine/failures.ts';
import type { StackRecord } from '../engine/records.ts';
import type { Orchestrator } from '../orchestrator.ts';
import { notFound } from './heat-error.ts';

/** Finds the stacks that a caller may see. */
export class StackFinder {
  constructor(private readonly orchestrator: Orchestrator) {}

  /**
   * The project that an address names.
   *
   * @throws {StackRefusal} 403 for one that is not the caller's; administrators may look into any.
   */
  projectOf(caller: CallerIdentity, projectId: string): string {
    if (caller.projectId !== null && caller.foreignProjectId === projectId) return caller.projectId;
    if (caller.projectId === projectId || isAdmin(caller)) return projectId;
    throw new StackRefusal('HTTPForbidden', 403, 'Access was denied to this resource.');
  }

  /** By name among those that live, by id among all. @throws {StackRefusal} 404 */
  find(caller: CallerIdentity, project: string, nameOrId: string): StackRecord {
    const projectId = this.projectOf(caller, project);
    const { store } = this.orchestrator;
    const byId = store.stack(nameOrId);
    const stack = byId?.projectId === projectId ? byId : this.roots(projectId).find(({ name, deletedAtMs }) => name === nameOrId && deletedAtMs === null);
    if (!stack) throw notFound('Stack', nameOrId);
    return stack;
  }

  /** Name and id must belong together. @throws {StackRefusal} 404 */
  exact(caller: CallerIdentity, project: string, name: string, id: string): StackRecord {
    const projectId = this.projectOf(caller, project);
    const stack = this.orchestrator.store.stack(id);
    if (stack?.projectId !== projectId || stack.name !== name) throw notFound('Stack', name);
    return stack;
  }

  /** The same, of one that lives. */
  living(caller: CallerIdentity, projectId: string, name: string, id: string): StackRecord {
    const stack = this.exact(caller, projectId, name, id);
    if (stack.deletedAtMs !== null) throw notFound('Stack', name);
    return stack;
  }

  /** The stack with those nested in it, down to a depth. */
  withNested(stack: StackRecord, depth: number): StackRecord[] {
    if (depth <= 0) return [stack];
    return [stack, ...this.orchestrator.store.childrenOf(stack.id).flatMap((child) => this.withNested(child, depth - 1))];
  }

  /** Of one project; not those inside of others. */
  roots(projectId: string): StackRecord[] {
    return this.orchestrator.store.stacks().filter((stack) => stack.projectId === projectId && stack.parentId === undefined);
  }
}
