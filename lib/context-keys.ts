/** Every context key, and where a person finds its value. Quoted by errors and explained in docs/despliegue.md. */
export const CONTEXT_KEYS = {
  ambiente: 'la etapa que se despliega: -c ambiente=desarrollo o -c ambiente=produccion',
  regla: 'opcional: activa (por defecto) o pausada, que despliega todo sin ejecutar nada',
  ventas: 'opcional: si (por defecto) o no, que despliega el inventario solo',
  consultas: 'opcional: no (por defecto) o si, que despliega además la API y la página de consultas',
  dominio: 'opcional, con consultas=si: nombre propio de la página, como inventario.example.com',
  certificadoArn:
    'con dominio: consola de Certificate Manager, región us-east-1, ARN del certificado de ese nombre',
  oidcIssuer: 'opcional, con consultas=si: el campo issuer de /.well-known/openid-configuration',
  oidcClientId: 'con oidcIssuer: identificador de la aplicación, en la consola del servicio de acceso',
  oidcAuthorizeUrl: 'con oidcIssuer: el campo authorization_endpoint de /.well-known/openid-configuration',
  oidcTokenUrl: 'con oidcIssuer: el campo token_endpoint de /.well-known/openid-configuration',
  oidcLogoutUrl:
    'opcional, con oidcIssuer: el campo end_session_endpoint de /.well-known/openid-configuration',
  oidcClaimRol: 'opcional, con oidcIssuer: nombre del dato del token que lleva compradores o gerentes',
  oidcClaimTiendas: 'opcional, con oidcIssuer: nombre del dato del token que lleva las tiendas de un gerente',
  vpcId: 'consola de VPC > Sus VPC, o aws ec2 describe-vpcs; como vpc-0123456789abcdef0',
  azs: 'zonas separadas por comas: en producción las de subnetIds, en el mismo orden; aws ec2 describe-availability-zones',
  subnetIds: 'subredes privadas con salida por NAT, separadas por comas; aws ec2 describe-subnets',
  dbSecurityGroupId:
    'consola de RDS > la base > Conectividad > Grupos de seguridad; como sg-0123456789abcdef0',
  dbPuerto: 'consola de RDS > la base > Conectividad > Puerto; normalmente 5432',
  dbInstanceId: 'consola de RDS > Bases de datos > Identificador de base de datos',
  dbSecretArn: 'consola de Secrets Manager, ARN completo del secreto del usuario del ETL',
  dbAdminSecretArn: 'consola de Secrets Manager, ARN completo del secreto del usuario que migra',
  dbConsultasSecretArn:
    'con consultas=si: consola de Secrets Manager, ARN completo del secreto del usuario que solo consulta',
  klkSecretArn: 'consola de Secrets Manager, ARN completo del secreto con baseUrl de KLK',
  klkCidr: 'rango de direcciones de KLK visto desde AWS, como 203.0.113.10/32; pregunte a redes',
  klkPuerto: 'puerto de KLK, el de baseUrl en su secreto; normalmente 7002',
  kmsKeyArn: 'opcional: ARN de la clave KMS que cifra los secretos, si no es la de AWS',
  correos: 'direcciones que reciben las alarmas, separadas por comas',
} as const;
