import { deciderSpec } from '../testing/decider-spec.ts';
import { bayModelDecider } from './bay-model.decider.ts';
import type { BayModelChanges, BayModelCommand, BayModelEvent, BayModelSpec } from './bay-model.decider.ts';

const model = deciderSpec(bayModelDecider);
const spec = { bayModelId: 'm1', name: 'swarm', coe: 'swarm-mode', imageId: 'debian', labels: { a: '1', b: '2' } } as Partial<BayModelSpec> as BayModelSpec;
const create: BayModelCommand = { type: 'CreateBayModel', metadata: { now: '' }, data: { spec } };
const remove: BayModelCommand = { type: 'DeleteBayModel', metadata: { now: '' }, data: { bayModelId: 'm1' } };
const created: BayModelEvent = { type: 'BayModelCreated', schemaVersion: 1, data: { bayModelId: 'm1', spec } };
const revise = (changes: BayModelChanges): BayModelCommand => (
  { type: 'ReviseBayModel', metadata: { now: '' }, data: { bayModelId: 'm1', changes } }
);
const revised = (changes: BayModelChanges): BayModelEvent => (
  { type: 'BayModelRevised', schemaVersion: 1, data: { bayModelId: 'm1', changes } }
);
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
  it('is revised in what differs, and only in that', () => {
    model.given(created).when(revise({ name: 'other', imageId: 'debian', labels: { a: '1' } })).then(revised({ name: 'other', labels: { a: '1' } }));
    model.given(created).when(revise({ name: null })).then(revised({ name: null }));
  });
  it('is not revised by what it is already', () => {
    model.given(created).when(revise({ name: 'swarm', labels: { b: '2', a: '1' } })).thenNothing();
    model.given(created, revised({ name: 'other' })).when(revise({ name: 'other' })).thenNothing();
    model.given(created).when(revise({})).thenNothing();
  });
  it('tells labels of the same number apart', () => {
    model.given(created).when(revise({ labels: { a: '1', c: '2' } })).then(revised({ labels: { a: '1', c: '2' } }));
    model.given(created).when(revise({ labels: { a: '1', b: '3' } })).then(revised({ labels: { a: '1', b: '3' } }));
  });
  it('cannot be revised before it is there, nor after it was deleted', () => {
    model.given().when(revise({ name: 'other' })).thenRefused('BAY_MODEL_NOT_FOUND');
    model.given(created, deleted).when(revise({ name: 'other' })).thenRefused('BAY_MODEL_NOT_FOUND');
  });
});
