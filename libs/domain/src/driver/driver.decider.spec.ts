import { deciderSpec } from '../testing/decider-spec.ts';
import { driverDecider } from './driver.decider.ts';
import type { DriverCommand, DriverEvent, DriverLifeState, PublishedTemplate } from './driver.decider.ts';

const driver = deciderSpec(driverDecider);
const metadata = { now: '2026-11-23T12:00:00.000Z' };
const of = { name: 'heat_swarm', version: '1.2.0' };
const ONE: PublishedTemplate = { version: '1.0.0', digest: 'a'.repeat(64) };
const TWO: PublishedTemplate = { version: '1.1.0', digest: 'b'.repeat(64) };

const publish = (...templates: readonly PublishedTemplate[]): DriverCommand => ({ type: 'PublishTemplates', metadata, data: { ...of, templates } });
const published = (...templates: readonly PublishedTemplate[]): DriverEvent => ({ type: 'TemplatesPublished', schemaVersion: 1, data: { ...of, templates } });
const change = (state: DriverLifeState): DriverCommand => ({ type: 'ChangeDriverState', metadata, data: { ...of, from: 'active', state } });
const changed = (from: DriverLifeState, state: DriverLifeState): DriverEvent => ({ type: 'DriverStateChanged', schemaVersion: 1, data: { ...of, from, state } });

describe('the templates of a driver', () => {
  it('are remembered by what they hold', () => {
    driver.given().when(publish(ONE, TWO)).then(published(ONE, TWO));
    driver.given(published(ONE)).when(publish(ONE, TWO)).then(published(TWO));
  });

  it('are silent when they are known', () => {
    driver.given(published(ONE, TWO)).when(publish(TWO)).thenNothing();
  });

  it('are refused when one holds something else under the same version', () => {
    driver.given(published(ONE)).when(publish({ ...ONE, digest: TWO.digest })).thenRefused('TEMPLATE_CHANGED');
  });

  it('may hold anything in another version of the driver', () => {
    const other = { ...of, version: '2.0.0' };
    driver.given(published(ONE)).when({ type: 'PublishTemplates', metadata, data: { ...other, templates: [{ ...ONE, digest: TWO.digest }] } })
      .then({ type: 'TemplatesPublished', schemaVersion: 1, data: { ...other, templates: [{ ...ONE, digest: TWO.digest }] } });
  });
});

describe('the state of a driver', () => {
  it('is changed from what its manifest says, and then from what was said last', () => {
    driver.given().when(change('deprecated')).then(changed('active', 'deprecated'));
    driver.given(changed('active', 'deprecated')).when(change('retired')).then(changed('deprecated', 'retired'));
    driver.given(changed('active', 'deprecated')).when(change('active')).then(changed('deprecated', 'active'));
  });

  it('is silent where it is so already', () => {
    driver.given().when(change('active')).thenNothing();
    driver.given(changed('active', 'retired')).when(change('retired')).thenNothing();
  });
});
