import { aBay, aBaySpec, aManifest } from '@jeroboam/driver-sdk/testing';
import { withCredentialSteps } from './credential-steps.ts';

const bay = aBay(aBaySpec(aManifest()));
const namesOf = (kind: 'create' | 'delete' | 'rotate-credential' | 'resize') => withCredentialSteps(kind, bay, [{ name: 'of-the-driver' }], ['control']).map(({ name }) => name);

describe('the steps of a plan that make and take away credentials', () => {
  it('bring new ones to where they are used, and wait for the nodes, before the old ones go', () => {
    expect(namesOf('rotate-credential')).toEqual(['mint-credentials', 'prove-credentials', 'of-the-driver', 'distribute-credentials', 'revoke-old-credentials']);
  });

  it('are around what needs them, and nowhere else', () => {
    expect([namesOf('create'), namesOf('delete'), namesOf('resize')]).toEqual([['mint-credentials', 'of-the-driver'], ['of-the-driver', 'revoke-credentials'], ['of-the-driver']]);
  });
});
