import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Seconds; from what stays in the process to what waits for a cloud. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/**
 * Numbers about this process, in Prometheus text form. Asking again for a metric of the same name gives the same one,
 * so that several parts of a process may count together. Labels are few and bounded: never an id, never a name chosen
 * by a user.
 */
export class Metrics {
  private readonly registry = new Registry();

  /** Content type of `text()`. */
  get contentType(): string {
    return this.registry.contentType;
  }

  /** Counts up. Names end in `_total`. */
  counter<L extends string = never>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    return (this.existing(name) as Counter<L> | undefined) ?? new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  /** Goes up and down. */
  gauge<L extends string = never>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> {
    return (this.existing(name) as Gauge<L> | undefined) ?? new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  /** Shows how values are spread. Names end in their unit, durations in `_seconds`. @default buckets from 1 ms to 60 s */
  histogram<L extends string = never>(
    name: string,
    help: string,
    labelNames: readonly L[] = [],
    buckets: readonly number[] = DURATION_BUCKETS,
  ): Histogram<L> {
    return (
      (this.existing(name) as Histogram<L> | undefined) ??
      new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [this.registry] })
    );
  }

  /** Adds memory, processor, event loop and garbage collection of this process. Once per process. */
  collectProcess(): this {
    collectDefaultMetrics({ register: this.registry });
    return this;
  }

  /** All metrics as `GET /metrics` answers them. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  private existing(name: string): unknown {
    return this.registry.getSingleMetric(name);
  }
}
