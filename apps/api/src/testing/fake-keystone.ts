import { KeystoneUnavailable, type KeystoneTokenValidator, type TokenInfo, type ValidationOptions } from '@jeroboam/openstack';

/** People the tests know, by their token. */
const PEOPLE: Readonly<Record<string, Pick<TokenInfo, 'userId' | 'projectId' | 'roles'>>> = {
  member: { userId: 'u1', projectId: 'p1', roles: ['member', 'reader'] },
  reader: { userId: 'u2', projectId: 'p1', roles: ['reader'] },
  'member-only': { userId: 'u3', projectId: 'p1', roles: ['member'] },
  'no-role': { userId: 'u4', projectId: 'p1', roles: [] },
  colleague: { userId: 'u5', projectId: 'p1', roles: ['member', 'reader'] },
  stranger: { userId: 'u6', projectId: 'p2', roles: ['member', 'reader'] },
  'foreign-reader': { userId: 'u9', projectId: 'p2', roles: ['reader'] },
  'foreign-no-role': { userId: 'u10', projectId: 'p2', roles: [] },
  service: { userId: 'u11', projectId: 'service', roles: ['service'] },
  admin: { userId: 'u7', projectId: 'p9', roles: ['Admin'] },
  unscoped: { userId: 'u8', projectId: null, roles: ['member', 'reader'] },
};

/** Keystone with a handful of tokens; `away` lets the next questions fail. */
export class FakeKeystone implements KeystoneTokenValidator {
  away = false;
  readonly #infos = new Map(Object.entries(PEOPLE).map(([token, person]): [string, TokenInfo] => [token, {
    ...person, userName: token, userDomainId: 'default', projectName: person.projectId, projectDomainId: 'default',
    expiresAt: '2099-01-01T00:00:00.000000Z', catalog: [],
  }]));

  /** `expired-<person>` is a token that has expired. */
  validate(token: string, { allowExpired = false }: ValidationOptions = {}): Promise<TokenInfo | 'invalid'> {
    if (this.away) return Promise.reject(new KeystoneUnavailable('it is away for a test'));
    return Promise.resolve(this.#infos.get(allowExpired ? token.replace(/^expired-/, '') : token) ?? 'invalid');
  }

  close(): void {
    // Nothing is open.
  }
}
