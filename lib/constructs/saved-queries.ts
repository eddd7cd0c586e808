import { QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import type { LogGroup, QueryStringProps } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import {
  MENSAJE_RECHAZO,
  MENSAJE_RESUMEN,
  MENSAJE_RESUMEN_VENTAS,
} from '../../lambdas/core/config/contract.ts';

export interface SavedQueriesProps {
  /** The folder they are shown in. */
  readonly folder: string;
  /** Of the inventory Lambda. */
  readonly inventory: LogGroup;
  /** Of the sales Lambda; undefined when the stage has no sales pipeline. */
  readonly sales: LogGroup | undefined;
}

type Queries = Readonly<Record<string, QueryStringProps>>;

/** Saved queries of the logs for Logs Insights. */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, { folder, inventory, sales }: SavedQueriesProps) {
    super(scope, id);
    saveQueries(this, folder, inventory, OF_INVENTORY);
    if (sales !== undefined) saveQueries(this, folder, sales, OF_SALES);
  }
}

/** Saves queries of one log, by name, in a folder. */
export function saveQueries(scope: Construct, folder: string, logGroup: LogGroup, queries: Queries): void {
  for (const [name, query] of Object.entries(queries)) {
    new QueryDefinition(scope, name, {
      queryDefinitionName: `${folder}/${name}`,
      queryString: new QueryString(query),
      logGroups: [logGroup],
    });
  }
}

/** The last summary of a pipeline. `own` are the fields that the other pipeline's summary does not have. */
const lastRun = (mensaje: string, own: readonly string[]): QueryStringProps => ({
  fields: [
    '@timestamp',
    'origen',
    'estado',
    'duracionMs',
    'totales.cargadas',
    'totales.fallidas',
    'totales.omitidas',
    'totales.rechazados',
    ...own,
    'error.codigo',
    'error.mensaje',
    'motivo',
    'ejecucionId',
  ],
  filterStatements: [`message = "${mensaje}"`],
  sort: '@timestamp desc',
  limit: 1,
});

const errorsByStore = (part: string): QueryStringProps => ({
  filterStatements: ['level = "ERROR"', 'ispresent(tienda)'],
  statsStatements: [`count(*) as fallos, latest(motivo) as ultimo by tienda, ${part}, codigo`],
  sort: 'fallos desc',
});

const rejected = (...fields: string[]): QueryStringProps => ({
  fields: ['@timestamp', 'tienda', ...fields, 'producto', 'motivo'],
  filterStatements: [`message = "${MENSAJE_RECHAZO}"`],
  sort: '@timestamp desc',
  limit: 200,
});

const OF_INVENTORY: Queries = {
  'ultima-ejecucion': lastRun(MENSAJE_RESUMEN, []),
  'errores-por-tienda': errorsByStore('almacen'),
  'filas-rechazadas': rejected('almacen'),
};

const OF_SALES: Queries = {
  'ventas-ultima-ejecucion': lastRun(MENSAJE_RESUMEN_VENTAS, [
    'totales.nuevas',
    'totales.cambiadas',
    'totales.retiradas',
    'totales.tramos.cargados',
    'totales.tramos.iguales',
    'totales.tramos.fallidos',
    'totales.tramos.pendientes',
    'totales.ventaUsd',
  ]),
  'ventas-errores-por-tienda': errorsByStore('dia'),
  'ventas-lineas-rechazadas': rejected('dia', 'factura', 'linea'),
};
