import { QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { MENSAJE_RECHAZO, MENSAJE_RESUMEN } from '../../lambdas/core/config/contract.ts';

export interface SavedQueriesProps {
  /** The folder they are shown in. */
  readonly folder: string;
  readonly logGroup: LogGroup;
}

/** Saved queries of the log for Logs Insights. */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, { folder, logGroup }: SavedQueriesProps) {
    super(scope, id);
    const save = (name: string, queryString: QueryString): void => {
      new QueryDefinition(this, name, {
        queryDefinitionName: `${folder}/${name}`,
        queryString,
        logGroups: [logGroup],
      });
    };
    save(
      'ultima-ejecucion',
      new QueryString({
        fields: [
          '@timestamp',
          'origen',
          'estado',
          'duracionMs',
          'totales.cargadas',
          'totales.fallidas',
          'totales.omitidas',
          'totales.rechazados',
          'error.codigo',
          'error.mensaje',
          'motivo',
          'ejecucionId',
        ],
        filterStatements: [`message = "${MENSAJE_RESUMEN}"`],
        sort: '@timestamp desc',
        limit: 1,
      }),
    );
    save(
      'errores-por-tienda',
      new QueryString({
        filterStatements: ['level = "ERROR"', 'ispresent(tienda)'],
        statsStatements: ['count(*) as fallos, latest(motivo) as ultimo by tienda, almacen, codigo'],
        sort: 'fallos desc',
      }),
    );
    save(
      'filas-rechazadas',
      new QueryString({
        fields: ['@timestamp', 'tienda', 'almacen', 'producto', 'motivo'],
        filterStatements: [`message = "${MENSAJE_RECHAZO}"`],
        sort: '@timestamp desc',
        limit: 200,
      }),
    );
  }
}
