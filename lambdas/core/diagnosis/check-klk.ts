import { lookup } from 'node:dns/promises';
import type { Check } from './checklist.ts';
import { abortable } from '../time/deadline.ts';
import type { Deadline } from '../time/deadline.ts';
import { openTcp } from './probe-tcp.ts';
import { portOf } from '../klk/settings.ts';
import type { KlkLimits, KlkSettings } from '../klk/settings.ts';
import { fetchAlmacenes } from '../klk/fetch-almacenes.ts';
import { withKlkClient } from '../klk/client.ts';
import { toTransportError } from '../klk/errors.ts';

/** A KLK to check. A check runs only when the settings could be read. */
export interface KlkSystem {
  readonly settings: Promise<KlkSettings>;
  readonly tunables: Promise<{ readonly klk: KlkLimits }>;
  readonly deadline: Deadline;
}

/** The hops to KLK, nearest first. */
export function klkChecks({ settings, tunables, deadline }: KlkSystem): Check[] {
  const orTransportError = async (error: unknown): Promise<never> => {
    throw toTransportError(error, (await settings).baseUrl.host, (await tunables).klk);
  };
  return [
    {
      paso: 'klk-dns',
      look: async () => {
        const server = serverOf(await settings);
        const addresses = await abortable(deadline.signal, () => lookup(server, { all: true })).catch(
          orTransportError,
        );
        return { detalle: `${server} es ${addresses.map(({ address }) => address).join(', ')}` };
      },
    },
    {
      paso: 'klk-tcp',
      look: async () => {
        const server = serverOf(await settings);
        const port = portOf((await settings).baseUrl);
        const socket = await openTcp(server, port, deadline.signal).catch(orTransportError);
        socket.destroy();
        return { detalle: `${server}:${port} acepta conexiones` };
      },
    },
    {
      paso: 'klk-pisoventa',
      look: async () => {
        const almacenes = await withKlkClient(await settings, (await tunables).klk, (client) =>
          fetchAlmacenes(client, 'pisoventa', deadline.signal),
        );
        return { detalle: `KLK lista ${almacenes.length} almacenes de piso de venta` };
      },
    },
  ];
}

/** The name to look up; a URL writes IPv6 addresses in brackets. */
const serverOf = ({ baseUrl }: KlkSettings): string => baseUrl.hostname.replace(/^\[|\]$/g, '');
