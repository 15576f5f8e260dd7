export { CertificateAuthority } from './certificate-authority.ts';
export type { CertificateAuthorityDependencies } from './certificate-authority.ts';
export type { NamedBay } from './bay-authorities.ts';
export { CertificateAuthorityModule } from './certificate-authority.module.ts';
export type { NodeCertificateRequest } from './node-certificate-request.ts';
