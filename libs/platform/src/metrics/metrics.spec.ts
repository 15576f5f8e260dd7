import { Metrics } from './metrics.ts';

describe('Metrics', () => {
  it('writes what was counted in the text form of Prometheus', async () => {
    const metrics = new Metrics();
    metrics.counter('jeroboam_bays_total', 'Bays asked for.', ['coe']).inc({ coe: 'swarm' }, 2);
    metrics.gauge('jeroboam_queue_length', 'Waiting steps.').set(7);
    metrics.histogram('jeroboam_step_seconds', 'Time of a step.', [], [1, 5]).observe(3);
    const text = await metrics.text();
    expect(text).toContain('# HELP jeroboam_bays_total Bays asked for.');
    expect(text).toContain('jeroboam_bays_total{coe="swarm"} 2');
    expect(text).toContain('jeroboam_queue_length 7');
    expect(text).toMatch(/jeroboam_step_seconds_bucket\{le="1"\} 0\njeroboam_step_seconds_bucket\{le="5"\} 1/);
  });

  it('gives the same metric to everyone who asks for the name', async () => {
    const metrics = new Metrics();
    metrics.counter('jeroboam_bays_total', 'Bays asked for.').inc();
    metrics.counter('jeroboam_bays_total', 'Bays asked for.').inc();
    expect(await metrics.text()).toContain('jeroboam_bays_total 2');
  });

  it('keeps two registries apart', async () => {
    new Metrics().counter('jeroboam_bays_total', 'Bays asked for.').inc();
    expect(await new Metrics().text()).not.toContain('jeroboam_bays_total');
  });
});
