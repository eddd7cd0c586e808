import { measureConsultas } from './consultas/measure.ts';
import { measurePage } from './consultas/page.ts';
import { describeMachine, publish } from './report.ts';
import { withServer } from './server.ts';

/**
 * `npm run bench:consultas`: the API over two years of stock and 14 months of sales, 100 million rows each, asked by eight people at once, and the page in
 * Chromium. Needs 60 GB of
 * disk and half an hour.
 */
const page = await measurePage();
await withServer(
  async (server) => {
    await publish(
      'consultas',
      `${await measureConsultas(server)}\n\n**The page**\n\n${page}\n\n${describeMachine(server.version)}`,
    );
  },
  // This database is never restored, so it is created without write-ahead log. Its buffers are those of RDS with 4 GB: a quarter of the memory.
  { max_wal_size: '4GB', wal_level: 'minimal', max_wal_senders: '0', shared_buffers: '1GB' },
);
