import { bayPrefix, credentialName, rolesToPassOn } from './names.ts';

describe('rolesToPassOn', () => {
  it('gives what is wanted and held, in the order wanted', () => {
    expect(rolesToPassOn(['creator', 'member', 'lb_member'], ['reader', 'lb_member', 'member'])).toEqual(['member', 'lb_member']);
  });

  it.each(['admin', 'manager', 'service', 'Admin', 'ADMIN'])('never gives %s, whoever holds it', (role) => {
    expect(rolesToPassOn([role, 'member'], [role, 'member'])).toEqual(['member']);
  });

  it('gives each role once, whatever its case, as Keystone does', () => {
    expect(rolesToPassOn(['Member', 'member'], ['MEMBER'])).toEqual(['member']);
  });

  it('gives nothing that is not held', () => {
    expect(rolesToPassOn(['member'], ['admin'])).toEqual([]);
  });
});

describe('credentialName', () => {
  it('begins with the prefix of its bay and of no other', () => {
    expect(credentialName('b1', 'network', 2)).toBe('jeroboam-b1-network-2');
    expect(credentialName('b1', 'network', 2).startsWith(bayPrefix('b1'))).toBe(true);
    expect(credentialName('b12', 'network', 1).startsWith(bayPrefix('b1'))).toBe(false);
  });
});
