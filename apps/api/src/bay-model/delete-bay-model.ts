import { deleteBayModel } from '@jeroboam/messaging';
import { PROJECTIONS, type BayModelDocument } from '@jeroboam/read-model';
import type { Acting, Commands } from '../command/commands.ts';
import { BayModelReferenced } from './bay-model-referenced.ts';
import type { BayModelQueries } from './bay-model.queries.ts';

/** Takes a bay model away that no bay was made from. */
export class DeleteBayModel {
  constructor(
    private readonly models: BayModelQueries,
    private readonly commands: Commands,
  ) {}

  /** It cannot be read any more by the end. @throws {BayModelReferenced} */
  async execute(model: BayModelDocument, acting: Acting): Promise<void> {
    if (await this.models.isReferenced(model.id)) throw new BayModelReferenced(model.id);
    await this.commands.carryOut(deleteBayModel, { bayModelId: model.id }, acting, [PROJECTIONS.bayModels]);
  }
}
