import { Body, Controller, Delete, Get, Head, HttpCode, Param, Patch, Post, Put, Query as QueryParam, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { DOMAIN } from '../cloud/cloud.ts';
import type { Assignment, Named } from '../cloud/cloud.ts';
import { ApiError, expecting, notFound } from '../http/api-error.ts';
import { passes } from '../http/query.ts';
import type { Query } from '../http/query.ts';
import { allow, Caller, isAdmin, TokenGuard } from './caller.ts';
import type { CallerIdentity } from './caller.ts';
import { IdentityDocuments } from './identity-documents.ts';
import { DOMAINS, Principals } from './principals.ts';

const GRANT = 'projects/:project/users/:user/roles/:role';

interface GrantParameters {
  readonly project: string;
  readonly user: string;
  readonly role: string;
}

const text = z.string().min(1).max(1_000);
const created = z.object({ user: z.object({ name: text, password: text, domain_id: text.default(DOMAIN.id) }) });
const changed = z.object({ user: z.object({ password: text }) });

/** Projects, users, roles and who has which. Rights are Keystone's defaults. */
@Controller('v3')
@UseGuards(TokenGuard)
export class IdentityController {
  constructor(
    private readonly principals: Principals,
    private readonly documents: IdentityDocuments,
  ) {}

  @Get('domains')
  listDomains(@Caller() caller: CallerIdentity, @QueryParam() query: Query): unknown {
    allow('list_domains', isAdmin(caller));
    return this.documents.list('domains', DOMAINS.map((domain) => this.documents.domain(domain)).filter(({ name }) => passes(query, { name })));
  }

  @Get('domains/:id')
  showDomain(@Param('id') id: string): unknown {
    return { domain: this.documents.domain(found('domain', id, DOMAINS)) };
  }

  @Get('projects')
  listProjects(@Caller() caller: CallerIdentity, @QueryParam() query: Query): unknown {
    allow('list_projects', isAdmin(caller));
    const projects = this.principals.projects().filter(({ name }) => passes(query, { name, domain_id: DOMAIN.id }));
    return this.documents.list('projects', projects.map((project) => this.documents.project(project)));
  }

  @Get('projects/:id')
  showProject(@Caller() caller: CallerIdentity, @Param('id') id: string): unknown {
    allow('get_project', isAdmin(caller) || caller.projectId === id);
    return { project: this.documents.project(found('project', id, this.principals.projects())) };
  }

  @Get('users')
  listUsers(@Caller() caller: CallerIdentity, @QueryParam() query: Query): unknown {
    allow('list_users', isAdmin(caller));
    const users = this.principals.users().filter(({ name, domain }) => passes(query, { name, domain_id: domain.id }));
    return this.documents.list('users', users.map((user) => this.documents.user(user)));
  }

  @Get('users/:id')
  showUser(@Caller() caller: CallerIdentity, @Param('id') id: string): unknown {
    allow('get_user', isAdmin(caller) || caller.userId === id);
    return { user: this.documents.user(found('user', id, this.principals.users())) };
  }

  @Get('users/:id/projects')
  listProjectsOfUser(@Caller() caller: CallerIdentity, @Param('id') id: string): unknown {
    allow('list_user_projects', isAdmin(caller) || caller.userId === id);
    const { id: userId } = found('user', id, this.principals.users());
    const projects = this.principals.projectsOf(userId).map((project) => this.documents.project(project));
    return this.documents.list('projects', projects, `/users/${userId}/projects`);
  }

  @Get('roles')
  listRoles(@Caller() caller: CallerIdentity, @QueryParam() query: Query): unknown {
    allow('list_roles', isAdmin(caller));
    const roles = this.principals.cloud.roles.filter(({ name }) => passes(query, { name }));
    return this.documents.list('roles', roles.map((role) => this.documents.role(role)));
  }

  @Get('roles/:id')
  showRole(@Caller() caller: CallerIdentity, @Param('id') id: string): unknown {
    allow('get_role', isAdmin(caller));
    return { role: this.documents.role(found('role', id, this.principals.cloud.roles)) };
  }

  @Get('role_assignments')
  listAssignments(@Caller() caller: CallerIdentity, @QueryParam() query: Query): unknown {
    allow('list_role_assignments', isAdmin(caller));
    const all = isSet(query, 'effective') ? this.effective() : this.granted();
    const assignments = all.filter(({ user, project, role }) => passes(query, {
      'user.id': user.id, 'role.id': role.id, 'scope.project.id': project.id,
      // There are none of these: whoever asks for them gets nothing.
      'scope.domain.id': '', 'scope.system': '', 'group.id': '',
    }));
    const withNames = isSet(query, 'include_names');
    return this.documents.list('role_assignments', assignments.map((assignment) => this.documents.assignment(assignment, withNames)));
  }

  @Post('users')
  createUser(@Caller() caller: CallerIdentity, @Body() body: unknown): unknown {
    allow('create_user', isAdmin(caller));
    const { name, password, domain_id: domainId } = parsed(created, body).user;
    return { user: this.documents.user(this.principals.addUser(name, password, domainId)) };
  }

  @Patch('users/:id')
  changeUser(@Caller() caller: CallerIdentity, @Param('id') id: string, @Body() body: unknown): unknown {
    allow('update_user', isAdmin(caller));
    return { user: this.documents.user(this.principals.setPassword(id, parsed(changed, body).user.password)) };
  }

  @Delete('users/:id')
  @HttpCode(204)
  removeUser(@Caller() caller: CallerIdentity, @Param('id') id: string): void {
    allow('delete_user', isAdmin(caller));
    this.principals.removeUser(id);
  }

  @Delete('projects/:id')
  @HttpCode(204)
  removeProject(@Caller() caller: CallerIdentity, @Param('id') id: string): void {
    allow('delete_project', isAdmin(caller));
    this.principals.removeProject(id);
  }

  @Head(GRANT)
  @HttpCode(204)
  hasGrant(@Caller() caller: CallerIdentity, @Param() { project, user, role }: GrantParameters): void {
    allow('check_grant', isAdmin(caller));
    if (!this.principals.rolesOf(user, project).some(({ id }) => id === role)) throw notFound('role assignment', role);
  }

  @Put(GRANT)
  @HttpCode(204)
  grant(@Caller() caller: CallerIdentity, @Param() { project, user, role }: GrantParameters): void {
    allow('create_grant', isAdmin(caller));
    this.principals.grant({ projectId: project, userId: user, roleId: role });
  }

  @Delete(GRANT)
  @HttpCode(204)
  withdraw(@Caller() caller: CallerIdentity, @Param() { project, user, role }: GrantParameters): void {
    allow('revoke_grant', isAdmin(caller));
    this.principals.withdraw({ projectId: project, userId: user, roleId: role });
  }

  private granted(): readonly Assignment[] {
    const { cloud } = this.principals;
    return [...cloud.assignments, ...this.principals.given()];
  }

  /** With implied roles, as they take effect. */
  private effective(): readonly Assignment[] {
    return this.principals.users().flatMap((user) => this.principals.projectsOf(user.id).flatMap((project) =>
      this.principals.rolesOf(user.id, project.id).map((role) => ({ user, project, role }))));
  }
}

function found<T extends Named>(what: string, id: string, things: readonly T[]): T {
  const thing = things.find((each) => each.id === id);
  if (!thing) throw notFound(what, id);
  return thing;
}

function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (!result.success) throw new ApiError(400, expecting(result.error.issues[0]!.path.join('.')));
  return result.data;
}

/** Keystone's flags in queries: there without a value, or with one that is not `0` or false. */
function isSet(query: Query, name: string): boolean {
  const value = query[name];
  return value !== undefined && value !== '0' && value !== 'False' && value !== 'false';
}
