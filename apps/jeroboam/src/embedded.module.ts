import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { ApiModule } from '@jeroboam/api';
import type { ApiDependencies } from '@jeroboam/api';
import { CertificateAuthorityModule } from '@jeroboam/certificate-authority';
import type { CertificateAuthorityDependencies } from '@jeroboam/certificate-authority';
import { DriverExecutorModule } from '@jeroboam/driver-executor';
import type { DriverExecutorDependencies } from '@jeroboam/driver-executor';
import { NotifierModule } from '@jeroboam/notifier';
import type { NotifierDependencies } from '@jeroboam/notifier';
import { SchedulerModule } from '@jeroboam/scheduler';
import type { SchedulerDependencies } from '@jeroboam/scheduler';
import { TelemetryModule } from '@jeroboam/telemetry';
import type { TelemetryDependencies } from '@jeroboam/telemetry';

export interface EmbeddedDependencies {
  readonly api: ApiDependencies;
  readonly scheduler: SchedulerDependencies;
  readonly executor: DriverExecutorDependencies;
  readonly certificateAuthority: CertificateAuthorityDependencies;
  /** Null: bays are not asked how they are. */
  readonly telemetry: TelemetryDependencies | null;
  /** Null: nobody is notified. */
  readonly notifier: NotifierDependencies | null;
}

/** Every service in one Nest application: the same modules that the separate processes run. */
@Module({})
export class EmbeddedModule {
  static with({ api, scheduler, executor, certificateAuthority, telemetry, notifier }: EmbeddedDependencies): DynamicModule {
    return {
      module: EmbeddedModule,
      imports: [
        ApiModule.with(api), SchedulerModule.with(scheduler), DriverExecutorModule.with(executor), CertificateAuthorityModule.with(certificateAuthority),
        ...(telemetry ? [TelemetryModule.with(telemetry)] : []), ...(notifier ? [NotifierModule.with(notifier)] : []),
      ],
    };
  }
}
