import { z } from 'zod';

const EmfSchema = z.looseObject({
  _aws: z.object({
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string() })),
      }),
    ),
  }),
});

/** The values of one metric without a store, in a log. */
export const emittedValues = (log: string, name: string): unknown[] =>
  log
    .split('\n')
    .filter((line) => line.includes('CloudWatchMetrics'))
    .map((line) => EmfSchema.parse(JSON.parse(line)))
    .filter((line) => line['tienda'] === undefined)
    .flatMap((line) => line[name] ?? []);

/** The metrics that CloudWatch would find in a log, as `namespace name dimension=value`. */
export function emittedMetrics(log: string): string[] {
  return log
    .split('\n')
    .filter((line) => line.includes('CloudWatchMetrics'))
    .map((line) => EmfSchema.parse(JSON.parse(line)))
    .flatMap((line) =>
      line._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions: [names = []], Metrics }) =>
        Metrics.map(({ Name }) =>
          [Namespace, Name, ...names.map((name) => `${name}=${String(line[name])}`)].join(' '),
        ),
      ),
    );
}
