import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';

/** Listens with the shortest queue there is, says where, and freezes. */
const PROGRAM = `
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    process.stdout.write(String(server.address().port));
    process.kill(process.pid, 'SIGSTOP');
  });`;

/** More connections than its queue takes. */
const QUEUED = 3;

/** A port whose queue of connections is full: a further one waits for ever. */
export interface DeafListener {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts one, as a process of its own. */
export async function startDeafListener(): Promise<DeafListener> {
  const child = spawn(process.execPath, ['-e', PROGRAM], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = Number(String(await once(child.stdout, 'data')));
  const queued = Array.from({ length: QUEUED }, () =>
    connect(port, '127.0.0.1').on('error', () => undefined),
  );
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
