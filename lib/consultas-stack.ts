import { CfnOutput, CrossStackReferences, ReferenceStrength, Stack } from 'aws-cdk-lib';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { createAlarms } from './constructs/alarms.ts';
import { createConsultasFunction } from './constructs/consultas-function.ts';
import {
  CONSULTAS_QUERIES,
  createConsultasDashboard,
  defineConsultasAlarms,
} from './constructs/consultas-watch.ts';
import { Entrance } from './constructs/entrance.ts';
import { externalReaders } from './constructs/issuer.ts';
import type { Readers } from './constructs/issuer.ts';
import { keepProviderLogs } from './constructs/log-group.ts';
import { createAlarmTopic } from './constructs/notifications.ts';
import { dashboardUrl } from './constructs/outputs.ts';
import { Page } from './constructs/page.ts';
import type { PageProps } from './constructs/page.ts';
import type { PrivateFunction } from './constructs/private-function.ts';
import { ReaderPool } from './constructs/reader-pool.ts';
import { saveQueries } from './constructs/saved-queries.ts';
import type { DeploymentContext } from './context.ts';
import type { InventarioKlkStack } from './inventario-klk-stack.ts';
import type { Stage } from './stages.ts';

export interface ConsultasStackProps {
  readonly inventory: InventarioKlkStack;
  readonly stage: Stage;
  readonly context: DeploymentContext;
}

/** The API and the page of one stage. They use network and database of the inventory's stack, which is deployed first. */
export class ConsultasStack extends Stack {
  constructor(scope: Construct, id: string, { inventory, stage, context }: ConsultasStackProps) {
    super(scope, id, {
      env: { region: stage.region },
      description: `Consultas del inventario de KLK, ${context.ambiente}`,
      terminationProtection: stage.terminationProtection,
      tags: { proyecto: 'inventario-klk', ambiente: context.ambiente },
    });
    // With strong references CloudFormation refuses to remove from the inventory's stack what this stack uses.
    CrossStackReferences.of(this).consume(ReferenceStrength.STRONG);
    this.addStackDependency(inventory);
    const { ambiente } = context;
    const { foundation } = inventory;

    const readers = externalReaders(context) ?? new ReaderPool(this, 'Lectores', { ambiente, stage });
    const entrance = new Entrance(this, 'Entrada', { ambiente, stage });
    const page = new Page(this, 'Pagina', {
      stage,
      api: entrance.api,
      tokenOrigin: readers.tokenOrigin,
      name: ownName(context),
    });
    const issuer = readers.createIssuer(page.url);
    page.publish(issuer);
    const lambda = createConsultasFunction(this, 'Consultas', { foundation, stage, issuer, claims: context });
    entrance.serve(lambda.function, issuer);

    const watched = { entrance, function: lambda.function, stage };
    const folder = `inventario-klk-${ambiente}`;
    const topic = createAlarmTopic(this, context.correos);
    createAlarms(
      new Construct(this, 'Alarmas'),
      { namePrefix: folder, topic },
      defineConsultasAlarms(watched),
    );
    saveQueries(new Construct(this, 'Guardadas'), folder, entrance.logGroup, CONSULTAS_QUERIES);
    const dashboard = createConsultasDashboard(this, {
      ...watched,
      name: id,
      databaseId: foundation.databaseId,
    });
    this.#print(page, lambda, dashboard, readers);
    keepProviderLogs(this, stage);
  }

  #print(page: Page, lambda: PrivateFunction, dashboard: Dashboard, readers: Readers): void {
    const print = (name: string, description: string, value: string): void => {
      new CfnOutput(this, name, { description, value });
    };
    print('DireccionDeLaPagina', 'Lo que abren los compradores y los gerentes', page.url);
    print(
      'NombreEnCloudFront',
      'A dónde apunta el DNS, si la página tiene nombre propio',
      page.cloudFrontName,
    );
    print(
      'SeguirRegistro',
      'Muestra el registro de la API en vivo',
      `aws logs tail --region ${this.region} --follow ${lambda.logGroup.logGroupName}`,
    );
    print('VerTablero', 'Tablero de CloudWatch', dashboardUrl(this.region, dashboard));
    if (readers instanceof ReaderPool) {
      print(
        'GrupoDeUsuarios',
        'Identificador para crear lectores (docs/operacion.md)',
        readers.pool.userPoolId,
      );
    }
  }
}

function ownName({ dominio, certificadoArn }: DeploymentContext): PageProps['name'] {
  return dominio === undefined || certificadoArn === undefined ? undefined : { dominio, certificadoArn };
}
