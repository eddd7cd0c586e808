import { describe, expect, it } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import type { Stack } from 'aws-cdk-lib';
import { z } from 'zod';
import { ConsultasStack } from '../../lib/consultas-stack.ts';
import { ContextError, parseContext } from '../../lib/context.ts';
import { InventarioKlkStack } from '../../lib/inventario-klk-stack.ts';
import { requireRdsAuthorities } from '../../lib/rds-authorities.ts';
import { STAGES } from '../../lib/stages.ts';
import type { Stage } from '../../lib/stages.ts';
import { rdsRootCas } from '../../lambdas/core/postgres/ca.ts';
import { CONSULTAS, PRODUCCION } from './stage-contexts.ts';

const NOT_BUNDLED = { 'aws:cdk:bundling-stacks': [] };

const build = (stage: Stage): Stack =>
  new InventarioKlkStack(
    new App({ context: NOT_BUNDLED }),
    'inventario-klk-prueba',
    stage,
    parseContext(PRODUCCION),
  );

describe('a stage', () => {
  it('is refused at synthesis in a region without RDS authorities', () => {
    const message = /La región sa-norte-9 no tiene autoridades de RDS/;
    expect(() => build({ ...STAGES.produccion, region: 'sa-norte-9' })).toThrow(ContextError);
    expect(() => build({ ...STAGES.produccion, region: 'sa-norte-9' })).toThrow(message);
  });

  it.each(['us-east-1', 'sa-east-1', 'eu-central-1', 'sa-norte-9'])(
    'is accepted in %s exactly when the Lambda finds authorities of RDS there',
    (region) => {
      const check = (): void => {
        requireRdsAuthorities(region);
      };
      if (rdsRootCas(region) === '') expect(check).toThrow(ContextError);
      else expect(check).not.toThrow();
    },
  );

  it('is refused with a timeout that reaches into the next run', () => {
    expect(() => build({ ...STAGES.produccion, timeoutMinutes: 16 })).toThrow(/timeoutMinutes es 16/);
    expect(() => build({ ...STAGES.produccion, ventasTimeoutMinutes: 15 })).toThrow(
      /ventasTimeoutMinutes es 15 y debe ser como mucho 14/,
    );
  });

  it.each(['2025-13-01', '2025-11-31', '01/11/2025', '2025-11-01T00:00:00Z', ''])(
    'is refused when its first day of sales is %j',
    (ventasDesde) => {
      expect(() => build({ ...STAGES.produccion, ventasDesde })).toThrow(ContextError);
      expect(() => build({ ...STAGES.produccion, ventasDesde })).toThrow(
        /ventasDesde es .*y debe ser una fecha/,
      );
    },
  );

  it.each([
    ['less memory', { memoryMb: 512 }],
    ['less memory for the sales', { ventasMemoryMb: 512 }],
    ['larger answers', { tunables: { KLK_MAX_BYTES: '16000000' } }],
    ['more answers at once', { tunables: { KLK_CONCURRENCIA: '20' } }],
  ])('is refused with %s than its limits allow', (_what, changes) => {
    expect(() => build({ ...STAGES.produccion, ...changes })).toThrow(/pueden exigir \d+: bájelas/);
  });

  it.each(['Inventario', 'Ventas'])(
    'reserves one execution of %s, and changes its limits, when the stage says so',
    (id) => {
      const tunables = { KLK_TIMEOUT_MS: '45000' };
      const stack = build({ ...STAGES.produccion, reserveConcurrency: true, tunables });
      const lambda = stack.node
        .findAll()
        .find(({ node }) => node.path.endsWith(`${id}/Lambda/Funcion/Resource`));
      expect(lambda).toHaveProperty('reservedConcurrentExecutions', 1);
      const { environment } = z.object({ environment: z.unknown() }).parse(lambda);
      expect(stack.resolve(environment)).toMatchObject({ variables: tunables });
    },
  );

  it('reserves for the queries as many executions as they may have connections, when the stage says so', () => {
    const app = new App({ context: NOT_BUNDLED });
    const stage = { ...STAGES.produccion, reserveConcurrency: true };
    const context = parseContext({ ...PRODUCCION, ...CONSULTAS });
    const inventory = new InventarioKlkStack(app, 'inventario-klk-prueba', stage, context);
    const stack = new ConsultasStack(app, 'inventario-klk-consultas-prueba', { inventory, stage, context });
    const lambda = stack.node.findAll().find(({ node }) => node.path.endsWith('Consultas/Funcion/Resource'));
    expect(lambda).toHaveProperty('reservedConcurrentExecutions', stage.consultas.concurrency);
  });
});
