import { expect } from '@jest/globals';
import { z } from 'zod';
import type { TestDatabase } from './database.ts';
import type { Existencias } from './existencias.ts';

/** What a warehouse held from the moment its snapshot was taken. */
export interface AcceptedMoment {
  readonly almacen: string;
  readonly extraccion: Date;
  readonly existencias: Existencias;
}

/** What each snapshot says of each article, in force in [desde, hasta). Asked once: the history is a view. */
const VERSIONES = `
  WITH v AS MATERIALIZED (
  SELECT almacen_codigo, producto_id, cantidad, fecha_snapshot AS desde, fecha_reemplazo AS hasta FROM inventario_historico
  UNION ALL
  SELECT almacen_codigo, producto_id, cantidad, fecha_actualizacion, 'infinity' FROM inventario_actual)`;

const AtMoment = z.object({ cantidades: z.record(z.string(), z.number()) });

/** I3: asked for any accepted moment, history and current rows answer exactly what was accepted; no two versions overlap. */
export async function expectHistory(
  database: TestDatabase,
  moments: readonly AcceptedMoment[],
): Promise<void> {
  const rows = await database.query(
    `${VERSIONES}
     SELECT (SELECT coalesce(jsonb_object_agg(producto_id, cantidad), '{}') FROM v
              WHERE v.almacen_codigo = m.almacen AND v.desde <= m.momento AND m.momento < v.hasta) AS cantidades
       FROM unnest($1::text[], $2::timestamptz[]) WITH ORDINALITY AS m (almacen, momento, n) ORDER BY n`,
    [moments.map(({ almacen }) => almacen), moments.map(({ extraccion }) => extraccion)],
  );
  const answered = rows.map((row) => new Map(Object.entries(AtMoment.parse(row).cantidades)));
  expect(answered).toEqual(moments.map(({ existencias }) => existencias));

  const overlaps = await database.query(
    `${VERSIONES}
     SELECT * FROM (SELECT almacen_codigo, producto_id, hasta,
                           lead(desde) OVER (PARTITION BY almacen_codigo, producto_id ORDER BY desde) AS siguiente
                      FROM v) AS s
      WHERE hasta > siguiente`,
  );
  expect(overlaps).toEqual([]);
}
