/** Every context key, and where a person finds its value. Quoted by errors and explained in docs/despliegue.md. */
export const CONTEXT_KEYS = {
  ambiente: 'la etapa que se despliega: -c ambiente=desarrollo o -c ambiente=produccion',
  regla: 'opcional: activa (por defecto) o pausada, que despliega todo sin ejecutar nada',
  ventas: 'opcional: si (por defecto) o no, que despliega el inventario solo',
  vpcId: 'consola de VPC > Sus VPC, o aws ec2 describe-vpcs; como vpc-0123456789abcdef0',
  azs: 'zonas separadas por comas: en producción las de subnetIds, en el mismo orden; aws ec2 describe-availability-zones',
  subnetIds: 'subredes privadas con salida por NAT, separadas por comas; aws ec2 describe-subnets',
  dbSecurityGroupId:
    'consola de RDS > la base > Conectividad > Grupos de seguridad; como sg-0123456789abcdef0',
  dbPuerto: 'consola de RDS > la base > Conectividad > Puerto; normalmente 5432',
  dbInstanceId: 'consola de RDS > Bases de datos > Identificador de base de datos',
  dbSecretArn: 'consola de Secrets Manager, ARN completo del secreto del usuario del ETL',
  dbAdminSecretArn: 'consola de Secrets Manager, ARN completo del secreto del usuario que migra',
  klkSecretArn: 'consola de Secrets Manager, ARN completo del secreto con baseUrl de KLK',
  klkCidr: 'rango de direcciones de KLK visto desde AWS, como 203.0.113.10/32; pregunte a redes',
  klkPuerto: 'puerto de KLK, el de baseUrl en su secreto; normalmente 7002',
  kmsKeyArn: 'opcional: ARN de la clave KMS que cifra los tres secretos, si no es la de AWS',
  correos: 'direcciones que reciben las alarmas, separadas por comas',
} as const;
