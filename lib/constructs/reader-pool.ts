import { Aws, Duration, Fn, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnManagedLoginBranding,
  ClientAttributes,
  FeaturePlan,
  ManagedLoginVersion,
  Mfa,
  OAuthScope,
  StringAttribute,
  UserPool,
  UserPoolClientIdentityProvider,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { ConsultasStage, Stage } from '../stages.ts';
import type { Issuer, Readers } from './issuer.ts';

/** The groups that the API reads as roles. */
const GROUPS = {
  compradores: 'Ven todas las tiendas',
  gerentes: 'Ven las tiendas de su atributo custom:tiendas',
};

/** Enough for the ids of 45 stores, such as `tienda_01,`. */
const MAX_TIENDAS_CHARACTERS = 450;

export interface ReaderPoolProps {
  readonly ambiente: string;
  readonly stage: Pick<Stage, 'disposable' | 'consultas'>;
}

/** The Cognito pool of readers, for a stage without another issuer. An administrator creates each user with role and stores. */
export class ReaderPool extends Construct implements Readers {
  readonly pool: UserPool;
  /** The origin of the login page and of its tokens. */
  readonly tokenOrigin: string;
  readonly #session: Duration;

  constructor(scope: Construct, id: string, { ambiente, stage }: ReaderPoolProps) {
    super(scope, id);
    const { secondFactor, sessionHours } = stage.consultas;
    this.#session = Duration.hours(sessionHours);
    this.pool = new UserPool(this, 'Usuarios', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      standardAttributes: { email: { required: true, mutable: true } },
      customAttributes: { tiendas: new StringAttribute({ mutable: true, maxLen: MAX_TIENDAS_CHARACTERS }) },
      mfa: secondFactor === 'obligatorio' ? Mfa.REQUIRED : Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(7),
      },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      userInvitation: {
        emailSubject: 'Su acceso al inventario de La Granja',
        emailBody:
          'Su usuario es {username} y su contraseña provisional, {####}. Vale siete días; al entrar pondrá la suya.',
      },
      userVerification: {
        emailSubject: 'Su código del inventario de La Granja',
        emailBody: 'Su código es {####}.',
      },
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: !stage.disposable,
      removalPolicy: stage.disposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    });
    for (const [groupName, description] of Object.entries(GROUPS)) {
      this.pool.addGroup(groupName, { groupName, description });
    }
    const prefix = `inventario-klk-${ambiente}-${partOfStackId()}`;
    this.pool.addDomain('Dominio', {
      cognitoDomain: { domainPrefix: prefix },
      managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    // Written out, because the domain's own property would be a cycle: the page's policy needs this address, and the pool's client needs the page's.
    this.tokenOrigin = `https://${prefix}.auth.${Stack.of(this).region}.amazoncognito.com`;
    this.#acknowledge(secondFactor);
  }

  /** Makes the pool the issuer of the page at this address. */
  createIssuer(pageUrl: string): Issuer {
    const email = new ClientAttributes().withStandardAttributes({ email: true });
    const client = this.pool.addClient('Pagina', {
      generateSecret: false,
      // The login page is the only flow. With a token of another flow a reader could change his own attributes, and so his stores.
      authFlows: { user: false },
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID],
        callbackUrls: [`${pageUrl}/entrar`],
        logoutUrls: [`${pageUrl}/`],
      },
      supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
      readAttributes: email.withCustomAttributes('tiendas'),
      writeAttributes: email,
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      idTokenValidity: this.#session,
      accessTokenValidity: this.#session,
      refreshTokenValidity: this.#session,
    });
    new CfnManagedLoginBranding(this, 'Aspecto', {
      userPoolId: this.pool.userPoolId,
      clientId: client.userPoolClientId,
      useCognitoProvidedValues: true,
    });
    return {
      issuer: this.pool.userPoolProviderUrl,
      clientId: client.userPoolClientId,
      authorizeUrl: `${this.tokenOrigin}/oauth2/authorize?lang=es`,
      tokenUrl: `${this.tokenOrigin}/oauth2/token`,
      logoutUrl: `${this.tokenOrigin}/logout`,
    };
  }

  #acknowledge(secondFactor: ConsultasStage['secondFactor']): void {
    Validations.of(this.pool).acknowledge({
      id: 'AwsSolutions-COG8',
      reason:
        'The plan with threat protection costs 0.02 a reader; nobody signs up by himself, and production asks for a second factor.',
    });
    if (secondFactor === 'obligatorio') return;
    Validations.of(this.pool).acknowledge({
      id: 'AwsSolutions-COG2',
      reason: 'In a development stage, with data of no worth, a second factor is the choice of each reader.',
    });
  }
}

/** Eight characters of the stack's id, unique to it: the names of login pages must be unique in all of AWS. */
const partOfStackId = (): string => Fn.select(0, Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID))));
