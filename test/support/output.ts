import { z } from 'zod';

/** A line of the logger, as far as every line is the same. */
const LogLine = z.looseObject({ level: z.string(), message: z.string() });

export type LogLine = z.infer<typeof LogLine>;

/** A line from which CloudWatch takes metrics. */
const MetricLine = z.looseObject({
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

/** Runs `work`, and returns how it ended and what this process wrote meanwhile to standard output and standard error. */
export async function captureOutput<T>(
  work: () => Promise<T>,
): Promise<{ readonly outcome: PromiseSettledResult<T>; readonly output: string }> {
  let output = '';
  const restore = [process.stdout, process.stderr].map((stream) => {
    const write = stream.write.bind(stream);
    stream.write = (chunk: string | Uint8Array): boolean => {
      output += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      return true;
    };
    return () => {
      stream.write = write;
    };
  });
  try {
    const [outcome] = await Promise.allSettled([work()]);
    return { outcome, output };
  } finally {
    for (const undo of restore) undo();
  }
}

const parseLines = <T>(output: string, schema: z.ZodType<T>): T[] =>
  output
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => schema.safeParse(JSON.parse(line)).data ?? []);

/** The lines of the logger in an output; lines of metrics have no message. */
export const toLogLines = (output: string): LogLine[] => parseLines(output, LogLine);

/** The values of one metric without a store, in an output. */
export const emittedValues = (output: string, name: string): unknown[] =>
  parseLines(output, MetricLine)
    .filter((line) => line['tienda'] === undefined)
    .flatMap((line) => line[name] ?? []);

/** The metrics that CloudWatch would find in an output, as `namespace name dimension=value`. */
export const emittedMetrics = (output: string): string[] =>
  parseLines(output, MetricLine).flatMap((line) =>
    line._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions: [names = []], Metrics }) =>
      Metrics.map(({ Name }) =>
        [Namespace, Name, ...names.map((name) => `${name}=${String(line[name])}`)].join(' '),
      ),
    ),
  );
