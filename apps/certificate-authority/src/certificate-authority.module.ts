import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { CertificateAuthority } from './certificate-authority.ts';
import type { CertificateAuthorityDependencies } from './certificate-authority.ts';
import { CertificateAuthorityController } from './certificate-authority.controller.ts';

/** Has nothing to start or stop: between messages the service does nothing. */
@Module({})
export class CertificateAuthorityModule {
  static with(dependencies: CertificateAuthorityDependencies): DynamicModule {
    return {
      module: CertificateAuthorityModule,
      controllers: [CertificateAuthorityController],
      providers: [{ provide: CertificateAuthority, useValue: new CertificateAuthority(dependencies) }],
    };
  }
}
