import { Injectable } from '@nestjs/common';
import { DOMAIN } from '../cloud/cloud.ts';
import type { Assignment, Named, Project } from '../cloud/cloud.ts';
import { SandboxAddress } from '../http/sandbox-address.ts';
import type { Endpoint, Service } from './catalog.ts';
import type { Principal } from './principals.ts';

/** Writes the things of the identity service as Keystone does. */
@Injectable()
export class IdentityDocuments {
  constructor(private readonly address: SandboxAddress) {}

  list(name: string, items: readonly unknown[], path = `/${name}`): unknown {
    return { [name]: items, links: this.links(path) };
  }

  links(path: string): unknown {
    return { next: null, self: this.url(path), previous: null };
  }

  domain({ id, name }: Named): Named {
    return this.linked('/domains', { id, name, description: id === DOMAIN.id ? 'The default domain' : 'For users that services make', enabled: true, options: {}, tags: [] });
  }

  project({ id, name, description }: Project): Named {
    return this.linked('/projects', {
      id, name, description, domain_id: DOMAIN.id, parent_id: DOMAIN.id, is_domain: false, enabled: true, options: {}, tags: [],
    });
  }

  user({ id, name, domain }: Principal): Named {
    return this.linked('/users', { id, name, domain_id: domain.id, enabled: true, options: {}, password_expires_at: null });
  }

  role({ id, name }: Named): Named {
    return this.linked('/roles', { id, name, domain_id: null, description: null, options: {} });
  }

  region(id: string): { readonly id: string } {
    return this.linked('/regions', { id, description: '', parent_region_id: null });
  }

  service({ id, name, type }: Service): Named {
    return this.linked('/services', { id, name, type, enabled: true, description: '' });
  }

  endpoint(endpoint: Endpoint): { readonly id: string } {
    const { id, service, interface: face, region } = endpoint;
    return this.linked('/endpoints', {
      id, interface: face, region, region_id: region, service_id: service.id, url: service.url, enabled: true,
    });
  }

  assignment({ user, project, role }: Assignment, withNames: boolean): unknown {
    const named = (thing: Named, inDomain: boolean) =>
      ({ id: thing.id, ...(withNames && { name: thing.name, ...(inDomain && { domain: DOMAIN }) }) });
    return {
      role: named(role, false), user: named(user, true), scope: { project: named(project, true) },
      links: { assignment: this.url(`/projects/${project.id}/users/${user.id}/roles/${role.id}`) },
    };
  }

  private linked<T extends { readonly id: string }>(path: string, body: T): T {
    return { ...body, links: { self: this.url(`${path}/${body.id}`) } };
  }

  private url(path: string): string {
    return `${this.address.url}/v3${path}`;
  }
}
