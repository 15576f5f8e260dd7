import fc from 'fast-check';
import { deciderSpec, replay } from '../testing/decider-spec.ts';
import type { QuotaCommand, QuotaEvent } from './quota.decider.ts';
import { quotaDecider } from './quota.decider.ts';

const quota = deciderSpec(quotaDecider);
const metadata = { now: '2026-01-31T12:00:00.000Z' };
const reserve = (bayId: string, defaultLimit = 2): QuotaCommand => ({ type: 'ReserveBaySlot', metadata, data: { projectId: 'p1', bayId, defaultLimit } });
const release = (bayId: string): QuotaCommand => ({ type: 'ReleaseBaySlot', metadata, data: { projectId: 'p1', bayId } });
const create = (hardLimit: number): QuotaCommand => ({ type: 'CreateProjectQuota', metadata, data: { projectId: 'p1', hardLimit } });
const set = (hardLimit: number): QuotaCommand => ({ type: 'SetProjectQuota', metadata, data: { projectId: 'p1', hardLimit } });
const remove: QuotaCommand = { type: 'RemoveProjectQuota', metadata, data: { projectId: 'p1' } };
const reserved = (bayId: string): QuotaEvent => ({ type: 'BaySlotReserved', schemaVersion: 1, data: { projectId: 'p1', bayId, reservedAt: metadata.now } });
const released = (bayId: string): QuotaEvent => ({ type: 'BaySlotReleased', schemaVersion: 1, data: { projectId: 'p1', bayId } });
const limit = (hardLimit: number): QuotaEvent => ({ type: 'ProjectQuotaSet', schemaVersion: 1, data: { projectId: 'p1', hardLimit } });
const removed: QuotaEvent = { type: 'ProjectQuotaRemoved', schemaVersion: 1, data: { projectId: 'p1' } };

describe('a project quota', () => {
  it('gives a slot below the default limit', () => {
    quota.given(reserved('a')).when(reserve('b')).then(reserved('b'));
  });
  it('is silent for a bay that holds its slot', () => {
    quota.given(reserved('a'), reserved('b')).when(reserve('a')).thenNothing();
  });
  it('refuses beyond the limit', () => {
    quota.given(reserved('a'), reserved('b')).when(reserve('c')).thenRefused('RESOURCE_LIMIT_EXCEEDED');
  });
  it('lets the project’s own limit win over the default', () => {
    quota.given(limit(0)).when(reserve('a')).thenRefused('RESOURCE_LIMIT_EXCEEDED');
    quota.given(limit(3), reserved('a'), reserved('b')).when(reserve('c')).then(reserved('c'));
  });
  it('gives a slot back exactly once', () => {
    quota.given(reserved('a')).when(release('a')).then(released('a'));
    quota.given(reserved('a'), released('a')).when(release('a')).thenNothing();
  });
  it('keeps bays beyond a limit that was lowered, and takes no new one', () => {
    quota.given(reserved('a'), reserved('b'), limit(1)).when(reserve('c')).thenRefused('RESOURCE_LIMIT_EXCEEDED');
    quota.given(reserved('a'), reserved('b'), limit(1)).when(reserve('b')).thenNothing();
  });
  it('is created once, and again after it was removed', () => {
    quota.given().when(create(5)).then(limit(5));
    quota.given(limit(5)).when(create(5)).thenRefused('QUOTA_ALREADY_EXISTS');
    quota.given(limit(5), removed).when(create(5)).then(limit(5));
  });
  it('is changed where there is one, and silent where it is so already', () => {
    quota.given(limit(5)).when(set(6)).then(limit(6));
    quota.given(limit(5)).when(set(5)).thenNothing();
    quota.given().when(set(5)).thenRefused('QUOTA_NOT_FOUND');
  });
  it('is a whole number from 0', () => {
    for (const hardLimit of [-1, 1.5]) {
      quota.given().when(create(hardLimit)).thenRefused('INVALID_QUOTA');
      quota.given(limit(5)).when(set(hardLimit)).thenRefused('INVALID_QUOTA');
    }
    quota.given().when(create(0)).then(limit(0));
  });
  it('is removed where there is one', () => {
    quota.given(limit(5)).when(remove).then(removed);
    quota.given().when(remove).thenRefused('QUOTA_NOT_FOUND');
    quota.given(limit(5), removed).when(remove).thenRefused('QUOTA_NOT_FOUND');
  });
  it('leaves a project its default again once it is removed', () => {
    quota.given(limit(0), removed).when(reserve('a')).then(reserved('a'));
  });
  it('never holds more slots than the limit it was asked under', () => {
    const bays = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    fc.assert(fc.property(fc.array(fc.oneof(bays.map((bay) => reserve(bay, 3)), bays.map(release))), (given) => {
      expect(replay(quotaDecider, given).state.slots.size).toBeLessThanOrEqual(3);
    }));
  });
});
