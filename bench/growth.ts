import { measureHistory } from './growth/history.ts';
import { measureVentas } from './growth/ventas.ts';
import { describeMachine, publish } from './report.ts';
import { withServer } from './server.ts';
import type { BenchServer } from './server.ts';

/**
 * `npm run bench:growth -- [growth|growth-ventas]`: runs and questions over two years of stock, and over 14 months of sales, 100 million rows each. Each needs
 * 40 GB of disk and a quarter of an hour.
 */
const MEASURES: Readonly<Record<string, (server: BenchServer) => Promise<string>>> = {
  growth: measureHistory,
  'growth-ventas': measureVentas,
};

const LOTS_OF_WAL = { max_wal_size: '16GB' };

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(MEASURES);
for (const name of names) {
  const measure = MEASURES[name];
  if (measure === undefined) {
    process.stderr.write(`Unknown: ${name}. There are ${Object.keys(MEASURES).join(', ')}.\n`);
    process.exit(2);
  }
  // One server after the other, so that only one has its data on disk.
  await withServer(async (server) => {
    await publish(name, `${await measure(server)}\n\n${describeMachine(server.version)}`);
  }, LOTS_OF_WAL);
}
