import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { CallerIdentity } from '../../identity/caller.ts';

/** What an address below `/stacks` names, and who asks for it. */
export interface StackAddress {
  readonly caller: CallerIdentity;
  readonly project: string;
  /** Where there is no id this may be one. */
  readonly name: string;
  readonly id: string;
  readonly resource: string;
  /** With its question mark; empty without one. */
  readonly query: string;
}

type Request = FastifyRequest<{
  Params: Partial<Record<'project' | 'name' | 'id' | 'resource', string>>,
}> & { readonly caller?: CallerIdentity };

/** For handlers behind `TokenGuard`. */
export const At = createParamDecorator((_: unknown, context: ExecutionContext): StackAddress => {
  const { params: { project = '', name = '', id = '', resource = '' }, caller, url } = context.switchToHttp().getRequest<Request>();
  if (!caller) throw new Error('this handler is not behind TokenGuard');
  return { caller, project, name, id, resource, query: url.includes('?') ? url.slice(url.indexOf('?')) : '' };
});
