import { describe, expect, it } from '@jest/globals';
import { STAGES } from '../../lib/stages.ts';
import { WITH_CONSULTAS } from './stage-contexts.ts';
import { flatten, synthesized } from './synthesized.ts';

const PAGE = {
  desarrolloConsultas: /^https:\/\/<PaginaDistribucion\w+\.DomainName>$/,
  produccionConsultas: /^https:\/\/inventario\.example\.com$/,
};

describe.each(WITH_CONSULTAS)('the readers of $stage', ({ name, stage: ambiente }) => {
  const stage = synthesized(name, 'consultas');
  const pool = stage.resource('AWS::Cognito::UserPool');
  const client = stage.resource('AWS::Cognito::UserPoolClient').Properties;

  it('are entered by an administrator, with a mail address and a strong password', () => {
    expect(pool.Properties).toMatchObject({
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      UsernameAttributes: ['email'],
      UsernameConfiguration: { CaseSensitive: false },
      Policies: {
        PasswordPolicy: {
          MinimumLength: 12,
          RequireLowercase: true,
          RequireUppercase: true,
          RequireNumbers: true,
          RequireSymbols: true,
        },
      },
    });
  });

  it('have a second factor, by an application and not by SMS, which production demands', () => {
    expect(pool.Properties).toMatchObject({
      MfaConfiguration: ambiente === 'produccion' ? 'ON' : 'OPTIONAL',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
    });
  });

  it('are buyers or managers, and a manager has his stores', () => {
    const groups = stage
      .resources('AWS::Cognito::UserPoolGroup')
      .map(({ Properties }) => Properties['GroupName']);
    expect(groups).toEqual(['compradores', 'gerentes']);
    expect(pool.Properties['Schema']).toContainEqual(
      expect.objectContaining({ Name: 'tiendas', AttributeDataType: 'String', Mutable: true }),
    );
  });

  it('log in at the login page alone, with a code and PKCE, as a page that keeps no secret', () => {
    expect(client).toMatchObject({
      AllowedOAuthFlows: ['code'],
      AllowedOAuthFlowsUserPoolClient: true,
      ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
      GenerateSecret: false,
      PreventUserExistenceErrors: 'ENABLED',
      SupportedIdentityProviders: ['COGNITO'],
    });
  });

  it('cannot change their own stores: no token allows it, nor is the page allowed to write them', () => {
    expect(client).toMatchObject({
      AllowedOAuthScopes: ['openid'],
      ReadAttributes: ['custom:tiendas', 'email'],
      WriteAttributes: ['email'],
    });
  });

  it('come back to the page, and nowhere else', () => {
    const [callback, ...others] = flattenAll(client['CallbackURLs']);
    const [logout, ...more] = flattenAll(client['LogoutURLs']);
    expect([...others, ...more]).toEqual([]);
    expect(callback?.replace(/\/entrar$/, '')).toMatch(PAGE[name]);
    expect(logout?.replace(/\/$/, '')).toMatch(PAGE[name]);
  });

  it('log in again after the hours of the stage', () => {
    const minutes = STAGES[ambiente].consultas.sessionHours * 60;
    expect(client).toMatchObject({
      IdTokenValidity: minutes,
      AccessTokenValidity: minutes,
      RefreshTokenValidity: minutes,
      TokenValidityUnits: { IdToken: 'minutes', AccessToken: 'minutes', RefreshToken: 'minutes' },
    });
  });

  it('see a login page that Cognito draws, below an address that no other stack has', () => {
    expect(stage.resource('AWS::Cognito::UserPoolDomain').Properties).toMatchObject({
      ManagedLoginVersion: 2,
    });
    expect(stage.resource('AWS::Cognito::ManagedLoginBranding').Properties).toMatchObject({
      UseCognitoProvidedValues: true,
    });
    expect(flatten(stage.resource('AWS::Cognito::UserPoolDomain').Properties['Domain'])).toMatch(
      new RegExp(`^inventario-klk-${ambiente}-.*AWS::StackId`),
    );
  });

  it('stay when the stack of production goes', () => {
    expect(pool.DeletionPolicy).toBe(ambiente === 'produccion' ? 'Retain' : 'Delete');
    expect(pool.Properties['DeletionProtection']).toBe(ambiente === 'produccion' ? 'ACTIVE' : 'INACTIVE');
  });
});

const flattenAll = (values: unknown): string[] => (Array.isArray(values) ? values.map(flatten) : []);
