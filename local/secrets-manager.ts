import { createServer } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const RequestSchema = z.object({ SecretId: z.string() });

/** A stand-in for AWS Secrets Manager that the real SDK reaches through `AWS_ENDPOINT_URL_SECRETS_MANAGER`. */
export interface SecretsManagerStub {
  readonly endpoint: string;
  /** The secrets read so far, by ARN, in order. */
  readonly calls: readonly string[];
  setSecret(arn: string, value: string): void;
  close(): Promise<void>;
}

/** Answers `GetSecretValue` for the secrets given, by ARN, and `ResourceNotFoundException` for any other. */
export async function startSecretsManagerStub(
  secrets: Readonly<Record<string, string>>,
): Promise<SecretsManagerStub> {
  const values = new Map(Object.entries(secrets));
  const calls: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { SecretId: arn } = RequestSchema.parse(JSON.parse(body));
      calls.push(arn);
      const value = values.get(arn);
      const answer =
        value === undefined
          ? {
              __type: 'ResourceNotFoundException',
              message: "Secrets Manager can't find the specified secret.",
            }
          : { ARN: arn, SecretString: value };
      response.writeHead(value === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(answer));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no TCP address');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    calls,
    setSecret: (arn, value) => void values.set(arn, value),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
