// doJob of @oada/client/jobs. Environment: DOMAIN, TOKEN, CONNECTION. Argument: the job as JSON.
// Says {"resolved": the job} or {"rejected": the error}.
import { connect } from "@oada/client";
import { doJob } from "@oada/client/jobs";
import conversation from "../conversation.cjs";

const { DOMAIN: domain, TOKEN: token, CONNECTION: connection } = process.env;

await conversation.report(async () => {
  const client = await connect({ domain, token, connection, concurrency: 4 });
  try {
    return { resolved: await doJob(client, JSON.parse(process.argv[2])) };
  } catch (error) {
    const { name, message } = error;
    return { rejected: { name, message, ...error } };
  }
});
