export { CertificateAuthority } from './certificate-authority.ts';
export type { CertificateAuthorityDependencies, NamedBay } from './certificate-authority.ts';
export type { NodeCertificateRequest } from './node-certificate-request.ts';
