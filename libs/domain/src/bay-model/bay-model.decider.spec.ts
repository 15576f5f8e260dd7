import { deciderSpec } from '../testing/decider-spec.ts';
import { bayModelDecider } from './bay-model.decider.ts';
import type { BayModelCommand, BayModelEvent, BayModelSpec } from './bay-model.decider.ts';

const model = deciderSpec(bayModelDecider);
const spec = { bayModelId: 'm1', name: 'swarm', coe: 'swarm-mode', imageId: 'debian' } as BayModelSpec;
const create: BayModelCommand = { type: 'CreateBayModel', metadata: { now: '' }, data: { spec } };
const remove: BayModelCommand = { type: 'DeleteBayModel', metadata: { now: '' }, data: { bayModelId: 'm1' } };
const created: BayModelEvent = { type: 'BayModelCreated', schemaVersion: 1, data: { bayModelId: 'm1', spec } };
const deleted: BayModelEvent = { type: 'BayModelDeleted', schemaVersion: 1, data: { bayModelId: 'm1' } };

describe('a bay model', () => {
  it('is created once', () => {
    model.given().when(create).then(created);
    model.given(created).when(create).thenRefused('BAY_MODEL_ALREADY_EXISTS');
  });
  it('is never created again under the id of one that was deleted', () => {
    model.given(created, deleted).when(create).thenRefused('BAY_MODEL_ALREADY_EXISTS');
  });
  it('is deleted once', () => {
    model.given(created).when(remove).then(deleted);
    model.given(created, deleted).when(remove).thenNothing();
  });
  it('cannot be deleted before it is there', () => {
    model.given().when(remove).thenRefused('BAY_MODEL_NOT_FOUND');
  });
});
