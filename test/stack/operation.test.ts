import { describe, expect, it } from '@jest/globals';
import { STAGES } from '../../lib/stages.ts';
import { RUNNING } from './stage-contexts.ts';
import { flatten, synthesized } from './synthesized.ts';

describe.each(RUNNING)('what an operator of %s is given', (name) => {
  const stage = synthesized(name);
  const inventory = stage.resource('AWS::Lambda::Function', 'Inventario').id;
  const logGroup = stage.resource('AWS::Logs::LogGroup', 'Inventario').id;
  const output = (id: string): string => flatten(stage.outputs[id]);

  it('is a dry run of all stores, to paste', () => {
    expect(output('EnsayoDeTodas')).toBe(
      `aws lambda invoke --region us-east-1 --function-name <${inventory}> --cli-binary-format raw-in-base64-out` +
        ` --cli-read-timeout 0 --payload '{"dryRun":true}' /dev/stdout`,
    );
  });

  it('is a run of some stores, to paste', () => {
    expect(output('CargaDeAlgunas')).toContain(`--payload '{"tiendas":["tienda_01","tienda_08"]}'`);
    expect(output('Diagnostico')).toContain(`--cli-read-timeout 0 --payload '{"accion":"diagnostico"}'`);
    expect(output('Estado')).toContain(`--cli-read-timeout 0 --payload '{"accion":"estado"}'`);
    expect(output('CargaDeAlgunas')).toContain('--cli-binary-format raw-in-base64-out --cli-read-timeout 0');
  });

  it('is the log, live, and the dashboard', () => {
    expect(output('SeguirRegistro')).toBe(`aws logs tail --region us-east-1 --follow <${logGroup}>`);
    expect(output('VerTablero')).toMatch(/region=us-east-1#dashboards\/dashboard\/<Tablero\w+>$/);
  });

  it('is a saved query for the last run, for the errors of each store and for the rejected rows', () => {
    const queries = stage.resources('AWS::Logs::QueryDefinition').map(({ Properties }) => Properties);
    expect(queries).toMatchObject([
      {
        Name: `inventario-klk-${name}/ultima-ejecucion`,
        QueryString: expect.stringContaining('message = "RESUMEN ETL"'),
      },
      {
        Name: `inventario-klk-${name}/errores-por-tienda`,
        QueryString: expect.stringContaining('by tienda, almacen, codigo'),
      },
      {
        Name: `inventario-klk-${name}/filas-rechazadas`,
        QueryString: expect.stringContaining('"Fila rechazada"'),
      },
    ]);
    for (const { LogGroupNames } of queries) expect(LogGroupNames).toEqual([{ Ref: logGroup }]);
  });

  it('is a dashboard of runs, stores, failures, queues and the database', () => {
    const body = flatten(stage.resource('AWS::CloudWatch::Dashboard').Properties['DashboardBody']);
    const shown = [
      '"Invocations"',
      '"Errors"',
      '"Duration"',
      '"TiendasCargadas"',
      '"TiendasFallidas"',
      '"Rechazados"',
      'by codigo',
      '"ApproximateNumberOfMessagesVisible"',
      '"CPUUtilization"',
      '"DatabaseConnections"',
      '"FreeStorageSpace"',
      `{\\"InventarioKLK/${name}\\",service,tienda} MetricName=\\"Articulos\\"`,
      `{\\"InventarioKLK/${name}\\",service,tienda} MetricName=\\"Antiguedad\\"`,
      `"value":${STAGES[name].timeoutMinutes * 60_000}`,
      name === 'produccion' ? '"base-de-la-cadena"' : `<${stage.resource('AWS::RDS::DBInstance').id}>`,
    ];
    for (const text of shown) expect(body).toContain(text);
  });
});
