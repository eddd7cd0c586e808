import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { invokeCommand } from '../../lambdas/core/config/contract.ts';
import type { PipelineFunction } from './pipeline-function.ts';

/** Commands (AWS CLI v2) and addresses for an operator to copy. */
export function printCommands(scope: Construct, inventory: PipelineFunction, dashboard: Dashboard): void {
  const { region } = Stack.of(scope);
  const invoke = (payload: object): string => invokeCommand(region, inventory.function.functionName, payload);
  const print = (id: string, description: string, value: string): void => {
    new CfnOutput(scope, id, { description, value });
  };
  print('EnsayoDeTodas', 'Lee y valida todas las tiendas sin escribir nada', invoke({ dryRun: true }));
  print(
    'CargaDeAlgunas',
    'Carga solo las tiendas nombradas',
    invoke({ tiendas: ['tienda_01', 'tienda_08'] }),
  );
  print('Diagnostico', 'Dice paso a paso qué funciona', invoke({ accion: 'diagnostico' }));
  print('Estado', 'Dice qué tan fresco está cada almacén', invoke({ accion: 'estado' }));
  print(
    'SeguirRegistro',
    'Muestra el registro en vivo',
    `aws logs tail --region ${region} --follow ${inventory.logGroup.logGroupName}`,
  );
  print(
    'VerTablero',
    'Tablero de CloudWatch',
    `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboard.dashboardName}`,
  );
}
