// Posts COUNT jobs as `postJob` of @oada/jobs 5.x does: the job, then a link to it under jobs/pending. Each has its
// number in its config. Environment: DOMAIN, TOKEN, CONNECTION. Arguments: SERVICE TYPE COUNT. Says
// {"keys": [..], "seconds": ..}.
import { connect } from "@oada/client";
import conversation from "../conversation.cjs";
import { tree } from "./tree.mjs";

const { DOMAIN: domain, TOKEN: token, CONNECTION: connection } = process.env;
const [service, type, count] = process.argv.slice(2);

await conversation.report(async () => {
  const client = await connect({ domain, token, connection, concurrency: 10 });
  const pending = `/bookmarks/services/${service}/jobs/pending`;
  await client.ensure({ path: pending, data: {}, tree });

  async function post(number) {
    const { headers } = await client.post({
      path: "/resources",
      data: { service, type, config: { number } },
      contentType: "application/vnd.oada.service.jobs.1+json",
    });
    const _id = headers["content-location"].slice(1);
    const key = _id.replace(/^resources\//, "");
    await client.put({
      path: `${pending}/${key}`,
      data: { _id },
      contentType: "application/vnd.oada.service.job.1+json",
    });
    return key;
  }

  const began = performance.now();
  const keys = await Promise.all(Array.from({ length: Number(count) }, (_, number) => post(number)));
  return { keys, seconds: (performance.now() - began) / 1000 };
});
