import { shownParameter } from '../hot/parameters.ts';
import type { Environment } from '../hot/environment.ts';
import type { ResourceRecord, StackEvent, StackRecord } from '../engine/records.ts';
import type { Orchestrator } from '../orchestrator.ts';


/** What Heat says of stacks, resources and events, as of version 19. */
export class HeatDocuments {
  constructor(
    private readonly orchestrator: Orchestrator,
    /** Scheme, host and port of the sandbox. */
    private readonly url: () => string,
  ) {}

  stackUrl({ projectId, name, id }: StackRecord): string {
    return `${this.url()}/orchestration/v1/${projectId}/stacks/${name}/${id}`;
  }

  created(stack: StackRecord): unknown {
    return { stack: { id: stack.id, links: this.selfLink(stack) } };
  }

  /** @param withProject as administrators see it. */
  listed(stack: StackRecord, withProject = false): unknown {
    const { id, name, action, status, reason, tags, userName, parentId = null, projectId } = stack;
    return {
      id, links: this.selfLink(stack), stack_name: name, description: '', stack_status: `${action}_${status}`, stack_status_reason: reason,
      ...times(stack), stack_owner: userName, parent: parentId, stack_user_project_id: projectId, tags: tags.length > 0 ? tags : null,
      ...(withProject && { project: projectId }),
    };
  }

  shown(stack: StackRecord, { outputs }: { readonly outputs: boolean }): unknown {
    const { id, name, action, status, reason, tags, userName, parentId = null, disableRollback, timeoutMins, projectId } = stack;
    const { template, parameters } = this.orchestrator.reader.view(stack);
    const shown = Object.fromEntries(template.parameters.map((schema) => [schema.name, shownParameter(schema, parameters[schema.name] ?? null)]));
    return { stack: {
      stack_name: name, id, links: this.selfLink(stack), ...times(stack), deletion_time: null, notification_topics: [],
      parameters: { 'OS::stack_id': id, 'OS::project_id': projectId, 'OS::stack_name': name, ...shown },
      description: template.description, template_description: template.description, capabilities: [], disable_rollback: disableRollback,
      timeout_mins: timeoutMins, stack_owner: userName, parent: parentId, stack_user_project_id: projectId, tags,
      stack_status: `${action}_${status}`, stack_status_reason: reason,
      ...(outputs && stack.deletedAtMs === null && { outputs: this.outputs(stack) }),
    } };
  }

  outputs(stack: StackRecord): unknown[] {
    return this.orchestrator.reader.outputValues(stack).map(({ definition, value, error }) => ({
      output_key: definition.name, description: definition.description, output_value: value,
      ...(error !== undefined && { output_error: error }),
    }));
  }

  resource(stack: StackRecord, record: ResourceRecord, { detail }: { readonly detail: boolean }): unknown {
    const { store, reader } = this.orchestrator;
    const { name, type, action, status, reason, physicalId } = record;
    const nested = reader.of(record);
    const parent = stack.parentResource === undefined
      ? undefined
      : store.resources(stack.parentId!).find(({ id }) => id === stack.parentResource);
    return {
      updated_time: time(record.updatedAtMs), creation_time: time(record.createdAtMs), logical_resource_id: name, resource_name: name,
      physical_resource_id: physicalId ?? '', resource_status: `${action}_${status}`, resource_status_reason: reason, resource_type: type,
      links: [
        { href: `${this.stackUrl(stack)}/resources/${name}`, rel: 'self' }, { href: this.stackUrl(stack), rel: 'stack' },
        ...(nested ? [{ href: this.stackUrl(nested), rel: 'nested' }] : []),
      ],
      required_by: store.resources(stack.id).filter(({ current, requires }) => current && requires.includes(record.id))
        .map((other) => other.name),
      ...(parent && { parent_resource: parent.name }),
      ...(detail && { description: this.descriptionOf(stack, record), attributes: reader.attributes(stack, record) }),
    };
  }

  /** @param root when events of nested stacks are shown along with it. */
  event(
    stack: StackRecord, event: StackEvent,
    { root, detail = false }: { readonly root?: StackRecord | undefined; readonly detail?: boolean } = {},
  ): unknown {
    const { id, timeMs, resourceName, physicalId, status, reason } = event;
    const resourceUrl = `${this.stackUrl(stack)}/resources/${resourceName}`;
    return {
      id,
      links: [
        {
          href: `${resourceUrl}/events/${id}`, rel: 'self',
        }, { href: resourceUrl, rel: 'resource' }, { href: this.stackUrl(stack), rel: 'stack' },
        ...(root ? [{ href: this.stackUrl(root), rel: 'root_stack' }] : []),
      ],
      event_time: time(timeMs), logical_resource_id: resourceName, resource_name: resourceName, physical_resource_id: physicalId ?? '',
      resource_status: status, resource_status_reason: reason,
      ...(detail && { resource_type: event.type, resource_properties: this.orchestrator.store.resource(stack.id, resourceName)?.properties ?? {} }),
    };
  }

  private descriptionOf(stack: StackRecord, { name }: ResourceRecord): string {
    return this.orchestrator.reader.view(stack).template.resources.get(name)?.description ?? '';
  }

  private selfLink(stack: StackRecord): unknown[] {
    return [{ href: this.stackUrl(stack), rel: 'self' }];
  }
}

export function environmentDocument({ parameters, parameterDefaults, registry }: Environment): unknown {
  return {
    resource_registry: { resources: {}, ...registry }, parameters, parameter_defaults: parameterDefaults, event_sinks: [],
    encrypted_param_names: [],
  };
}

function times({ createdAtMs, updatedAtMs, deletedAtMs }: StackRecord): Record<string, string | null> {
  const orNull = (ms: number | null) => (ms === null ? null : time(ms));
  return { creation_time: time(createdAtMs), updated_time: orNull(updatedAtMs), deletion_time: orNull(deletedAtMs) };
}

/** Heat tells whole seconds. */
function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

