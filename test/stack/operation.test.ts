import { describe, expect, it } from '@jest/globals';
import { STAGES } from '../../lib/stages.ts';
import { RUNNING } from './stage-contexts.ts';
import { flatten, synthesized } from './synthesized.ts';

describe.each(RUNNING)('the outputs for an operator of %s', (name) => {
  const stage = synthesized(name);
  const inventory = stage.resource('AWS::Lambda::Function', 'Inventario').id;
  const logGroup = stage.resource('AWS::Logs::LogGroup', 'Inventario').id;
  const sales = stage.resource('AWS::Lambda::Function', 'Ventas').id;
  const salesLogGroup = stage.resource('AWS::Logs::LogGroup', 'Ventas').id;
  const output = (id: string): string => flatten(stage.outputs[id]);

  it('contain a command to paste for a dry run of all stores', () => {
    expect(output('EnsayoDeTodas')).toBe(
      `aws lambda invoke --region us-east-1 --function-name <${inventory}> --cli-binary-format raw-in-base64-out` +
        ` --cli-read-timeout 0 --payload '{"dryRun":true}' /dev/stdout`,
    );
  });

  it('contain a command to paste for a run of some stores', () => {
    expect(output('CargaDeAlgunas')).toContain(`--payload '{"tiendas":["tienda_01","tienda_08"]}'`);
    expect(output('Diagnostico')).toContain(`--cli-read-timeout 0 --payload '{"accion":"diagnostico"}'`);
    expect(output('Estado')).toContain(`--cli-read-timeout 0 --payload '{"accion":"estado"}'`);
    expect(output('CargaDeAlgunas')).toContain('--cli-binary-format raw-in-base64-out --cli-read-timeout 0');
  });

  it('contain the command that follows the log, and the address of the dashboard', () => {
    expect(output('SeguirRegistro')).toBe(`aws logs tail --region us-east-1 --follow <${logGroup}>`);
    expect(output('VerTablero')).toMatch(/region=us-east-1#dashboards\/dashboard\/<Tablero\w+>$/);
  });

  it('contain the same for the sales, a re-read of some days and the state of every day included', () => {
    const payloads = {
      VentasEnsayo: '{"dryRun":true}',
      VentasCarga: '{}',
      VentasRelectura: '{"tiendas":["tienda_01"],"desde":"2026-11-01","hasta":"2026-11-07"}',
      VentasEstado: '{"accion":"estado"}',
    };
    for (const [id, payload] of Object.entries(payloads)) {
      expect(output(id)).toBe(
        `aws lambda invoke --region us-east-1 --function-name <${sales}> --cli-binary-format raw-in-base64-out` +
          ` --cli-read-timeout 0 --payload '${payload}' /dev/stdout`,
      );
    }
    expect(output('VentasSeguirRegistro')).toBe(
      `aws logs tail --region us-east-1 --follow <${salesLogGroup}>`,
    );
  });

  it('come with saved queries of each pipeline for the last run, the errors of each store and the rejected rows', () => {
    const saved = stage.resources('AWS::Logs::QueryDefinition').map(({ Properties }) => ({
      name: flatten(Properties['Name']).replace(`inventario-klk-${name}/`, ''),
      query: Properties['QueryString'],
      of: Properties['LogGroupNames'],
    }));
    const wanted = (query: string, text: string, group: string): unknown => ({
      name: query,
      query: expect.stringContaining(text),
      of: [{ Ref: group }],
    });
    expect(saved).toEqual([
      wanted('ultima-ejecucion', 'message = "RESUMEN ETL"', logGroup),
      wanted('errores-por-tienda', 'by tienda, almacen, codigo', logGroup),
      wanted('filas-rechazadas', '"Fila rechazada"', logGroup),
      wanted('ventas-ultima-ejecucion', 'message = "RESUMEN ETL VENTAS"', salesLogGroup),
      wanted('ventas-errores-por-tienda', 'by tienda, dia, codigo', salesLogGroup),
      wanted('ventas-lineas-rechazadas', '"Fila rechazada"', salesLogGroup),
    ]);
  });

  it('come with a dashboard of the runs, stores, failures and queues of both pipelines, and of the database', () => {
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
      `"value":${STAGES[name].ventasTimeoutMinutes * 60_000}`,
      '"DiasIncompletos","service","ventas-klk"',
      '"TramosFallidos","service","ventas-klk"',
      '"TramosPendientes","service","ventas-klk"',
      '"LineasNuevas","service","ventas-klk"',
      '"Rechazados","service","ventas-klk"',
      `<${salesLogGroup}>`,
      name === 'produccion' ? '"base-de-la-cadena"' : `<${stage.resource('AWS::RDS::DBInstance').id}>`,
    ];
    for (const text of shown) expect(body).toContain(text);
  });
});
