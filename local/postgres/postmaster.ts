import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';

/** The contents of a server's `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** It accepts sessions. */
  readonly ready: boolean;
}

/** The server that last wrote `postmaster.pid`. A killed server leaves its file behind. */
export async function readPostmaster(data: string): Promise<Postmaster | undefined> {
  const text = await readIfExists(join(data, 'postmaster.pid'));
  if (text === undefined) return undefined;
  // One a line: pid, data folder, start time, port, socket folder, address, shared memory, status.
  const lines = text.split('\n').map((line) => line.trim());
  return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7] === 'ready' };
}

/** Whether a server of this data folder runs. The pid is not enough: after a reboot it may belong to another process. */
export async function isServerRunning(data: string): Promise<boolean> {
  const postmaster = await readPostmaster(data);
  return postmaster !== undefined && isAlive(postmaster.pid) && (await answers(postmaster.port));
}

/** Whether a process with this id exists. */
export function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists and belongs to another user.
    return hasCode(error, 'EPERM');
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

/** A text file that another process may remove at any time. */
export async function readIfExists(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Not `instanceof`: under jest the errors of Node's modules come from another realm. */
const hasCode = (error: unknown, code: string): boolean =>
  Error.isError(error) && 'code' in error && error.code === code;
