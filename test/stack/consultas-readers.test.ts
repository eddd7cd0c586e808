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

  it('are created by an administrator only, with a mail address and a strong password', () => {
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

  it('may have a second factor by application, never by SMS, and must have one in production', () => {
    expect(pool.Properties).toMatchObject({
      MfaConfiguration: ambiente === 'produccion' ? 'ON' : 'OPTIONAL',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
    });
  });

  it('are in the group of buyers or of managers, and a manager has a list of stores', () => {
    const groups = stage
      .resources('AWS::Cognito::UserPoolGroup')
      .map(({ Properties }) => Properties['GroupName']);
    expect(groups).toEqual(['compradores', 'gerentes']);
    expect(pool.Properties['Schema']).toContainEqual(
      expect.objectContaining({ Name: 'tiendas', AttributeDataType: 'String', Mutable: true }),
    );
  });

  it('log in only by the login page, with code flow and PKCE, without a client secret', () => {
    expect(client).toMatchObject({
      AllowedOAuthFlows: ['code'],
      AllowedOAuthFlowsUserPoolClient: true,
      ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
      GenerateSecret: false,
      PreventUserExistenceErrors: 'ENABLED',
      SupportedIdentityProviders: ['COGNITO'],
    });
  });

  it('cannot change their own list of stores: neither a token nor the page may write it', () => {
    expect(client).toMatchObject({
      AllowedOAuthScopes: ['openid'],
      ReadAttributes: ['custom:tiendas', 'email'],
      WriteAttributes: ['email'],
    });
  });

  it('are redirected to the page and to no other address', () => {
    const [callback, ...others] = flattenAll(client['CallbackURLs']);
    const [logout, ...more] = flattenAll(client['LogoutURLs']);
    expect([...others, ...more]).toEqual([]);
    expect(callback?.replace(/\/entrar$/, '')).toMatch(PAGE[name]);
    expect(logout?.replace(/\/$/, '')).toMatch(PAGE[name]);
  });

  it('must log in again after the hours that the stage sets', () => {
    const minutes = STAGES[ambiente].consultas.sessionHours * 60;
    expect(client).toMatchObject({
      IdTokenValidity: minutes,
      AccessTokenValidity: minutes,
      RefreshTokenValidity: minutes,
      TokenValidityUnits: { IdToken: 'minutes', AccessToken: 'minutes', RefreshToken: 'minutes' },
    });
  });

  it('have a login page hosted by Cognito, at an address that is unique to the stack', () => {
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

  it('are kept when the stack of production is deleted', () => {
    expect(pool.DeletionPolicy).toBe(ambiente === 'produccion' ? 'Retain' : 'Delete');
    expect(pool.Properties['DeletionProtection']).toBe(ambiente === 'produccion' ? 'ACTIVE' : 'INACTIVE');
  });
});

const flattenAll = (values: unknown): string[] => (Array.isArray(values) ? values.map(flatten) : []);
