"use strict";
// Posts COUNT jobs in the classic layout by @oada/client 1.1.4 over wss: the job, then a link to it under jobs. Each
// has its number in its config. Environment: DOMAIN, TOKEN. Arguments: SERVICE TYPE COUNT. Says {"keys": [..]}.
const { OADAClient } = require("@oada/client");
const { serviceTree } = require("@oada/jobs/dist/tree");
const ksuid = require("ksuid");
const { report } = require("../conversation.cjs");

const { DOMAIN: domain, TOKEN: token } = process.env;
const [service, type, count] = process.argv.slice(2);

report(async () => {
  const client = new OADAClient({ domain, token, concurrency: 10 });
  const jobs = `/bookmarks/services/${service}/jobs`;
  await client.put({ path: jobs, data: {}, tree: serviceTree });

  async function post(number) {
    const key = ksuid.randomSync().string;
    const contentType = "application/vnd.oada.service.job+json";
    await client.put({ path: `/resources/${key}`, data: { service, type, config: { number } }, contentType });
    await client.put({ path: `${jobs}/${key}`, data: { _id: `resources/${key}` }, contentType });
    return key;
  }

  return { keys: await Promise.all(Array.from({ length: Number(count) }, (_, number) => post(number))) };
});
