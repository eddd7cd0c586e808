import { z } from 'zod';

/** A line of the logger, as far as every line is the same. */
const LogLine = z.looseObject({ level: z.string(), message: z.string() });

export type LogLine = z.infer<typeof LogLine>;

/** What some work returned or threw, and everything that was written to standard output and standard error meanwhile. */
export interface Captured<T> {
  readonly outcome: PromiseSettledResult<T>;
  readonly output: string;
}

/** Runs `work` and keeps what this process writes meanwhile, as CloudWatch would. */
export async function captureOutput<T>(work: () => Promise<T>): Promise<Captured<T>> {
  let output = '';
  const restore = [process.stdout, process.stderr].map((stream) =>
    redirect(stream, (text) => {
      output += text;
    }),
  );
  try {
    const [outcome] = await Promise.allSettled([work()]);
    return { outcome, output };
  } finally {
    for (const undo of restore) undo();
  }
}

function redirect(stream: NodeJS.WriteStream, keep: (text: string) => void): () => void {
  const write = stream.write.bind(stream);
  stream.write = (chunk: string | Uint8Array): boolean => {
    keep(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    return true;
  };
  return () => {
    stream.write = write;
  };
}

/** The lines of the logger in an output; lines of metrics have no message. */
export const toLogLines = (output: string): LogLine[] =>
  output
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line))
    .flatMap((line) => LogLine.safeParse(line).data ?? []);
