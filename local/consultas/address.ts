/** Only this machine reaches the page. */
export const HOST = '127.0.0.1';

/** The port of the page unless `--puerto` names another. */
export const PUERTO_CONSULTAS = 4180;

/** The address of the page on this machine. */
export const consultasUrl = (port: number): string => `http://${HOST}:${port}`;
