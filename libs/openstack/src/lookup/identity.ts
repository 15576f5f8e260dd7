import { recordOf, textOf } from '../http/json.ts';
import type { CloudProject } from './cloud-lookups.port.ts';
import type { ServiceClient } from './service-client.ts';

export async function findProject(client: ServiceClient, id: string): Promise<CloudProject | undefined> {
  const body = await client.get('identity', `/projects/${encodeURIComponent(id)}`, { kind: 'project', ident: id });
  const project = recordOf(body?.['project']);
  return textOf(project?.['id']) === id ? { id, name: textOf(project?.['name']) ?? '' } : undefined;
}
