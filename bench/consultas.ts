import { measureConsultas } from './consultas/measure.ts';
import { describeMachine, publish } from './report.ts';
import { withServer } from './server.ts';

/**
 * `npm run bench:consultas`: the API over two years of stock and 14 months of sales, 100 million rows each, asked by eight people at once. Needs 60 GB of
 * disk and half an hour.
 */
await withServer(
  async (server) => {
    await publish('consultas', `${await measureConsultas(server)}\n\n${describeMachine(server.version)}`);
  },
  // Nobody restores this database, so that making it needs no log.
  { max_wal_size: '4GB', wal_level: 'minimal', max_wal_senders: '0' },
);
