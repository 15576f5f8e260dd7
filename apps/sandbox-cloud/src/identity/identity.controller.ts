import { Controller, Get, Param, Query as QueryParam, UseGuards } from '@nestjs/common';
import { Cloud, DOMAIN } from '../cloud/cloud.ts';
import type { Assignment, Named } from '../cloud/cloud.ts';
import { notFound } from '../http/api-error.ts';
import { passes } from '../http/query.ts';
import type { Query } from '../http/query.ts';
import { allow, Caller, isAdmin, TokenGuard } from './caller.ts';
import type { CallerIdentity } from './caller.ts';
import { IdentityDocuments } from './identity-documents.ts';

/** Projects, users, roles and who has which: to be read, never changed. Rights are Keystone's defaults. */
@Controller('v3')
@UseGuards(TokenGuard)
export class IdentityController {
  constructor(
    private readonly cloud: Cloud,
    private readonly documents: IdentityDocuments,
  ) {}

  @Get('domains')
  listDomains(@Caller() caller: CallerIdentity, @QueryParam() query: Query): unknown {
    allow('list_domains', isAdmin(caller));
    return this.documents.list('domains', [this.documents.domain()].filter(({ name }) => passes(query, { name })));
  }

  @Get('domains/:id')
  showDomain(@Param('id') id: string): unknown {
    if (id !== DOMAIN.id) throw notFound('domain', id);
    return { domain: this.documents.domain() };
  }

  @Get('projects')
  listProjects(@Caller() caller: CallerIdentity, @QueryParam() query: Query): unknown {
    allow('list_projects', isAdmin(caller));
    const projects = this.cloud.projects.filter(({ name }) => passes(query, { name, domain_id: DOMAIN.id }));
    return this.documents.list('projects', projects.map((project) => this.documents.project(project)));
  }

  @Get('projects/:id')
  showProject(@Caller() caller: CallerIdentity, @Param('id') id: string): unknown {
    allow('get_project', isAdmin(caller) || caller.projectId === id);
    return { project: this.documents.project(found('project', id, this.cloud.projects)) };
  }

  @Get('users')
  listUsers(@Caller() caller: CallerIdentity, @QueryParam() query: Query): unknown {
    allow('list_users', isAdmin(caller));
    const users = this.cloud.users.filter(({ name }) => passes(query, { name, domain_id: DOMAIN.id }));
    return this.documents.list('users', users.map((user) => this.documents.user(user)));
  }

  @Get('users/:id')
  showUser(@Caller() caller: CallerIdentity, @Param('id') id: string): unknown {
    allow('get_user', isAdmin(caller) || caller.userId === id);
    return { user: this.documents.user(found('user', id, this.cloud.users)) };
  }

  @Get('users/:id/projects')
  listProjectsOfUser(@Caller() caller: CallerIdentity, @Param('id') id: string): unknown {
    allow('list_user_projects', isAdmin(caller) || caller.userId === id);
    const { id: userId } = found('user', id, this.cloud.users);
    const projects = this.cloud.projectsOf(userId).map((project) => this.documents.project(project));
    return this.documents.list('projects', projects, `/users/${userId}/projects`);
  }

  @Get('roles')
  listRoles(@Caller() caller: CallerIdentity, @QueryParam() query: Query): unknown {
    allow('list_roles', isAdmin(caller));
    const roles = this.cloud.roles.filter(({ name }) => passes(query, { name }));
    return this.documents.list('roles', roles.map((role) => this.documents.role(role)));
  }

  @Get('roles/:id')
  showRole(@Caller() caller: CallerIdentity, @Param('id') id: string): unknown {
    allow('get_role', isAdmin(caller));
    return { role: this.documents.role(found('role', id, this.cloud.roles)) };
  }

  @Get('role_assignments')
  listAssignments(@Caller() caller: CallerIdentity, @QueryParam() query: Query): unknown {
    allow('list_role_assignments', isAdmin(caller));
    const all = isSet(query, 'effective') ? this.effective() : this.cloud.assignments;
    const assignments = all.filter(({ user, project, role }) => passes(query, {
      'user.id': user.id, 'role.id': role.id, 'scope.project.id': project.id,
      // There are none of these: whoever asks for them gets nothing.
      'scope.domain.id': '', 'scope.system': '', 'group.id': '',
    }));
    const withNames = isSet(query, 'include_names');
    return this.documents.list('role_assignments', assignments.map((assignment) => this.documents.assignment(assignment, withNames)));
  }

  /** With implied roles, as they take effect. */
  private effective(): readonly Assignment[] {
    return this.cloud.users.flatMap((user) => this.cloud.projectsOf(user.id).flatMap((project) =>
      this.cloud.rolesOf(user.id, project.id).map((role) => ({ user, project, role }))));
  }
}

function found<T extends Named>(what: string, id: string, things: readonly T[]): T {
  const thing = things.find((each) => each.id === id);
  if (!thing) throw notFound(what, id);
  return thing;
}

/** Keystone's flags in queries: there without a value, or with one that is not `0` or false. */
function isSet(query: Query, name: string): boolean {
  const value = query[name];
  return value !== undefined && value !== '0' && value !== 'False' && value !== 'false';
}
