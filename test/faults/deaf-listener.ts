import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Listener } from '../support/network.ts';

/** Listens with the shortest queue there is, says where, and freezes. */
const DEAF = `
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    process.stdout.write(String(server.address().port));
    process.kill(process.pid, 'SIGSTOP');
  });`;

/** Listens with a full queue, as a process of its own: whoever connects waits for ever. */
export async function startDeafListener(): Promise<Listener> {
  const child = spawn(process.execPath, ['-e', DEAF], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = Number(String(await once(child.stdout, 'data')));
  // More connections than the queue takes.
  const queued = [1, 2, 3].map(() => connect(port, '127.0.0.1').on('error', () => undefined));
  return {
    port,
    async close() {
      for (const socket of queued) socket.destroy();
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
