import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const Request = z.object({ SecretId: z.string() });

/** How Secrets Manager answers one request. */
export type SecretAnswer = (response: ServerResponse) => void;

/** A Secrets Manager that answers as the test says, reached by the real SDK through `AWS_ENDPOINT_URL_SECRETS_MANAGER`. */
export interface ScriptedSecrets {
  readonly endpoint: string;
  /** The secrets asked for since they were last scripted, in order. */
  calls: string[];
  /** One answer after the other; the last one again and again. */
  script(arn: string, ...answers: readonly SecretAnswer[]): void;
  close(): Promise<void>;
}

const sending =
  (status: number, body: unknown): SecretAnswer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(body));
  };

/** The secret, as this text. */
export const secretText = (SecretString: string): SecretAnswer => sending(200, { SecretString });

export const throttled = sending(400, { __type: 'ThrottlingException', message: 'Rate exceeded' });

export const denied = sending(400, {
  __type: 'AccessDeniedException',
  message: 'no identity-based policy allows it',
});

/** Never answers. */
export const silent: SecretAnswer = () => undefined;

/** Starts one that knows no secret yet. */
export async function startScriptedSecrets(): Promise<ScriptedSecrets> {
  const scripts = new Map<string, SecretAnswer[]>();
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { SecretId: arn } = Request.parse(JSON.parse(body));
      secrets.calls.push(arn);
      const answers = scripts.get(arn) ?? [];
      const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? denied;
      answer(response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('A TCP server has a port');
  const secrets: ScriptedSecrets = {
    endpoint: `http://127.0.0.1:${address.port}`,
    calls: [],
    script: (arn, ...answers) => {
      secrets.calls = [];
      scripts.set(arn, [...answers]);
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return secrets;
}
