// AWS's JavaScript SDK behind two pipes: a line {service, operation, input} in, a line
// {output} or {error: {name, message, status, attempts}} out. All settings come from the environment.
import { createInterface } from "node:readline";
import * as batch from "@aws-sdk/client-batch";
import * as logs from "@aws-sdk/client-cloudwatch-logs";

const retries = { maxAttempts: 5, retryMode: "standard" };
const services = {
  batch: { client: new batch.BatchClient(retries), commands: batch },
  logs: { client: new logs.CloudWatchLogsClient(retries), commands: logs },
};

async function answer({ service, operation, input }) {
  const { client, commands } = services[service];
  try {
    const { $metadata, ...output } = await client.send(new commands[`${operation}Command`](input));
    return { output, requestId: $metadata.requestId };
  } catch (error) {
    const { httpStatusCode, attempts } = error.$metadata ?? {};
    const { name, message } = error;
    return { error: { name, message, status: httpStatusCode, attempts } };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}
