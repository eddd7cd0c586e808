import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const RequestSchema = z.object({ SecretId: z.string() });

/** How a request for a secret is answered: with its value, or in any other way. */
export type SecretAnswer = string | ((response: ServerResponse) => void);

/** A stand-in for AWS Secrets Manager that the real SDK reaches through `AWS_ENDPOINT_URL_SECRETS_MANAGER`. */
export interface SecretsManagerStub {
  readonly endpoint: string;
  /** The secrets asked for so far, by ARN, in order. */
  readonly calls: string[];
  /** One answer after the other, the last one again and again. */
  setSecret(arn: string, ...answers: readonly SecretAnswer[]): void;
  close(): Promise<void>;
}

/** Answers like Secrets Manager, with a status and a body. */
export const sendSecretAnswer = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(body));
};

const NOT_FOUND = {
  __type: 'ResourceNotFoundException',
  message: "Secrets Manager can't find the specified secret.",
};

/** Answers `GetSecretValue` for the secrets given, by ARN, and `ResourceNotFoundException` for any other. */
export async function startSecretsManagerStub(
  secrets: Readonly<Record<string, string>> = {},
): Promise<SecretsManagerStub> {
  const scripts = new Map<string, SecretAnswer[]>(
    Object.entries(secrets).map(([arn, value]) => [arn, [value]]),
  );
  const calls: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { SecretId: arn } = RequestSchema.parse(JSON.parse(body));
      calls.push(arn);
      const answers = scripts.get(arn) ?? [];
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (typeof answer === 'function') answer(response);
      else if (answer === undefined) sendSecretAnswer(response, 400, NOT_FOUND);
      else sendSecretAnswer(response, 200, { ARN: arn, SecretString: answer });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no TCP address');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    calls,
    setSecret: (arn, ...answers) => void scripts.set(arn, [...answers]),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
