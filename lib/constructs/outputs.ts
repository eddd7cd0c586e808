import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { invokeCommand } from '../../lambdas/core/config/contract.ts';
import type { PipelineFunction } from './pipeline-function.ts';

/** Prints commands (AWS CLI v2) and addresses for an operator to copy. `sales` is undefined when the stage has no sales pipeline. */
export function printCommands(
  scope: Construct,
  inventory: PipelineFunction,
  sales: PipelineFunction | undefined,
  dashboard: Dashboard,
): void {
  const { region } = Stack.of(scope);
  const print = (id: string, description: string, value: string): void => {
    new CfnOutput(scope, id, { description, value });
  };
  const invoke = (of: PipelineFunction, payload: object): string =>
    invokeCommand(region, of.function.functionName, payload);
  const follow = (of: PipelineFunction): string =>
    `aws logs tail --region ${region} --follow ${of.logGroup.logGroupName}`;

  print(
    'EnsayoDeTodas',
    'Lee y valida todas las tiendas sin escribir nada',
    invoke(inventory, { dryRun: true }),
  );
  print(
    'CargaDeAlgunas',
    'Carga solo las tiendas nombradas',
    invoke(inventory, { tiendas: ['tienda_01', 'tienda_08'] }),
  );
  print('Diagnostico', 'Dice paso a paso qué funciona', invoke(inventory, { accion: 'diagnostico' }));
  print('Estado', 'Dice qué tan fresco está cada almacén', invoke(inventory, { accion: 'estado' }));
  print('SeguirRegistro', 'Muestra el registro en vivo', follow(inventory));
  if (sales !== undefined) {
    print(
      'VentasEnsayo',
      'Lee y valida las ventas de hoy sin escribir nada',
      invoke(sales, { dryRun: true }),
    );
    print('VentasCarga', 'Lee las ventas que falten, como la regla', invoke(sales, {}));
    print(
      'VentasRelectura',
      'Lee otra vez unos días: cambie las tiendas y las fechas',
      invoke(sales, { tiendas: ['tienda_01'], desde: '2026-11-01', hasta: '2026-11-07' }),
    );
    print(
      'VentasEstado',
      'Dice qué días están completos en cada tienda',
      invoke(sales, { accion: 'estado' }),
    );
    print('VentasSeguirRegistro', 'Muestra el registro de las ventas en vivo', follow(sales));
  }
  print('VerTablero', 'Tablero de CloudWatch', dashboardUrl(region, dashboard));
}

/** A dashboard's page in the console. */
export const dashboardUrl = (region: string, { dashboardName }: Dashboard): string =>
  `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`;
