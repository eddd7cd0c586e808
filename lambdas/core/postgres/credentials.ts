import { toConnectError } from './errors.ts';
import type { DatabaseSettings } from './settings.ts';
import { PipelineError } from '../errors/errors.ts';

/** How a run reaches the database. If the server refuses the password, the settings are read again once: a secret may be rotated. */
export interface Credentials {
  /** The current settings. Never log them, because they hold the password. */
  readonly settings: () => DatabaseSettings;
  /**
   * Connects with the current settings.
   * @throws PipelineError `BD_INACCESIBLE`, `BD_CREDENCIALES`, `BD_TLS`, or what reading the settings again threw.
   */
  readonly connect: <T>(make: () => Promise<T>) => Promise<T>;
}

/** Reads the settings of a run. */
export async function readCredentials(readSettings: () => Promise<DatabaseSettings>): Promise<Credentials> {
  let settings = await readSettings();
  let renewal: Promise<DatabaseSettings> | undefined;
  let renewed = false;
  const attempt = <T>(make: () => Promise<T>): Promise<T> =>
    make().catch((error: unknown) => {
      throw toConnectError(error, settings);
    });
  return {
    settings: () => settings,
    connect: async (make) => {
      const alreadyRenewed = renewed;
      try {
        return await attempt(make);
      } catch (error) {
        if (alreadyRenewed || !isRefusal(error)) throw error;
        // Two connections may be refused at the same time: they share one read.
        settings = await (renewal ??= readSettings());
        renewed = true;
        return attempt(make);
      }
    },
  };
}

const isRefusal = (error: unknown): boolean =>
  error instanceof PipelineError && error.codigo === 'BD_CREDENCIALES';
