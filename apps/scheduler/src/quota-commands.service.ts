import type { Accepted, MessageContext, ProjectQuota } from '@jeroboam/messaging';
import type { WriteSide } from './write-side.ts';

type OwnQuota = 'CreateProjectQuota' | 'SetProjectQuota';

/** Takes what administrators say about projects' quotas; the streams are those in which bays take their slots. */
export class QuotaCommands {
  constructor(private readonly writeSide: Pick<WriteSide, 'quotas'>) {}

  async write(type: OwnQuota, { projectId, hardLimit }: ProjectQuota, context: MessageContext): Promise<Accepted> {
    const { position } = await this.writeSide.quotas.execute(projectId, { type, data: { projectId, hardLimit } }, context);
    return { position, operationId: null };
  }

  async remove(projectId: string, context: MessageContext): Promise<Accepted> {
    const { position } = await this.writeSide.quotas.execute(projectId, { type: 'RemoveProjectQuota', data: { projectId } }, context);
    return { position, operationId: null };
  }
}
