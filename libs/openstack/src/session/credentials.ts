import type { Secret } from '@jeroboam/platform';

/** A user, by id or by name in a domain. */
export type UserIdent =
  | { readonly userId: string }
  | { readonly username: string; /** @default Default */ readonly userDomainName?: string };

/** What a token is for. Keystone allows a domain's administrator things in it that nobody may do from a project. */
export type Scope =
  | { readonly projectId: string }
  | { readonly projectName: string; /** @default Default */ readonly projectDomainName?: string }
  | { readonly domainId: string }
  | { readonly domainName: string }
  /** The whole cloud; only an administrator of it gets in. */
  | 'system';

/** The ways in which we are let into a cloud. */
export type CloudCredentials =
  | { readonly kind: 'password'; readonly user: UserIdent; readonly password: Secret; readonly scope: Scope }
  | { readonly kind: 'application-credential'; readonly id: string; readonly secret: Secret }
  /** The user is the trustee; its token speaks for the trustor in the project of the trust. */
  | { readonly kind: 'trust'; readonly user: UserIdent; readonly password: Secret; readonly trustId: string }
  /** A token that somebody else got, typically the requester's. It is never renewed. */
  | { readonly kind: 'token'; readonly token: Secret };

/** Body of `POST /v3/auth/tokens`. Holds the secret in clear: only for the wire. */
export function loginBody(credentials: Exclude<CloudCredentials, { kind: 'token' }>): unknown {
  switch (credentials.kind) {
    case 'application-credential': {
      const { id, secret } = credentials;
      return { auth: { identity: { methods: ['application_credential'], application_credential: { id, secret: secret.reveal() } } } };
    }
    case 'password': return { auth: { identity: passwordOf(credentials), scope: scopeOf(credentials.scope) } };
    case 'trust': return { auth: { identity: passwordOf(credentials), scope: { 'OS-TRUST:trust': { id: credentials.trustId } } } };
  }
}

/** Who it is, for messages; never the secret. */
export function describeCredentials(credentials: CloudCredentials): string {
  switch (credentials.kind) {
    case 'application-credential': return `application credential ${credentials.id}`;
    case 'password': return `user ${nameOf(credentials.user)}`;
    case 'trust': return `trust ${credentials.trustId} of user ${nameOf(credentials.user)}`;
    case 'token': return 'token';
  }
}

function nameOf(user: UserIdent): string {
  return 'userId' in user ? user.userId : user.username;
}

function passwordOf({ user, password }: { readonly user: UserIdent; readonly password: Secret }): unknown {
  const ident = 'userId' in user ? { id: user.userId } : { name: user.username, domain: { name: user.userDomainName ?? 'Default' } };
  return { methods: ['password'], password: { user: { ...ident, password: password.reveal() } } };
}

function scopeOf(scope: Scope): unknown {
  if (scope === 'system') return { system: { all: true } };
  if ('projectId' in scope) return { project: { id: scope.projectId } };
  if ('projectName' in scope) return { project: { name: scope.projectName, domain: { name: scope.projectDomainName ?? 'Default' } } };
  return { domain: 'domainId' in scope ? { id: scope.domainId } : { name: scope.domainName } };
}
