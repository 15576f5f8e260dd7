import { Injectable } from '@nestjs/common';
import { Cloud } from '../cloud/cloud.ts';
import { ApiError } from '../http/api-error.ts';
import type { CallerIdentity } from './caller.ts';
import { Standings } from './standing.ts';
import { TokenStore } from './token-store.ts';

/** Tells the sandbox's services who shows them a token. */
export abstract class TokenChecker {
  /** @returns undefined for a token that was never issued, has expired or was revoked. */
  abstract callerOf(token: string): CallerIdentity | undefined | Promise<CallerIdentity | undefined>;
}

/** Tokens that the sandbox issued itself. */
@Injectable()
export class OwnTokens extends TokenChecker {
  constructor(
    private readonly tokens: TokenStore,
    private readonly standings: Standings,
  ) {
    super();
  }

  callerOf(token: string): CallerIdentity | undefined {
    const record = this.tokens.find(token);
    const standing = record && this.standings.of(record);
    if (!standing) return undefined;
    const { user, roles, accessRules, restricted } = standing;
    return { token, userId: user.id, projectId: record.projectId, roles: roles.map(({ name }) => name), accessRules, restricted };
  }
}

/** What of Keystone's answer the services of the sandbox go by. */
interface ForeignToken {
  readonly user: { readonly id: string; readonly name: string };
  readonly project?: { readonly id: string; readonly name: string };
  readonly roles?: readonly { readonly name: string }[];
}

const TIMEOUT_MS = 5_000;

/**
 * Tokens of a Keystone elsewhere, which is asked about each. Its users and projects are taken for those of the same name
 * in the cloud file, so that these find their images and key pairs; those of other names own nothing here.
 */
export class ForeignTokens extends TokenChecker {
  /** @param identityUrl ends with `/v3`. */
  constructor(
    private readonly identityUrl: string,
    private readonly cloud: Cloud,
  ) {
    super();
  }

  async callerOf(token: string): Promise<CallerIdentity | undefined> {
    const found = await this.ask(token);
    if (!found) return undefined;
    const { user, project, roles = [] } = found;
    return {
      token, roles: roles.map(({ name }) => name),
      userId: this.cloud.users.find(({ name }) => name === user.name)?.id ?? user.id,
      projectId: this.cloud.projects.find(({ name }) => name === project?.name)?.id ?? project?.id ?? null,
      ...(project && { foreignProjectId: project.id }),
    };
  }

  /** Keystone lets every token ask about itself. */
  private async ask(token: string): Promise<ForeignToken | undefined> {
    const headers = { 'x-auth-token': token, 'x-subject-token': token };
    try {
      const response = await fetch(`${this.identityUrl}/auth/tokens?nocatalog`, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (response.status === 401 || response.status === 404) return undefined;
      if (response.ok) return ((await response.json()) as { token: ForeignToken }).token;
    } catch (error) {
      throw new ApiError(503, `The Keystone at ${this.identityUrl} gave no answer: ${error instanceof Error ? error.message : 'it failed'}`);
    }
    throw new ApiError(503, `The Keystone at ${this.identityUrl} gave no usable answer`);
  }
}
