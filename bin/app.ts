import { createApp } from '../lib/app.ts';
import { ContextError } from '../lib/context.ts';

try {
  createApp().synth();
} catch (error) {
  if (!(error instanceof ContextError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
