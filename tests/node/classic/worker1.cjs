"use strict";
// A whole service of @oada/jobs 1.0.4. Environment: DOMAIN, TOKEN. Argument: SERVICE.
// Says {"started": true} when `start` has resolved, runs until stdin ends, then says {"faults": [..]}.
const { Service } = require("@oada/jobs");
const { faults, report, say } = require("../conversation.cjs");

const { DOMAIN: domain, TOKEN: token } = process.env;
const [name] = process.argv.slice(2);

report(async () => {
  const service = new Service(name, domain, token, 10);
  service.on("noop", 10_000, async () => ({ ok: true }));
  service.on("fail", 10_000, async () => {
    throw new Error("asked to fail");
  });
  service.on("slow", 300, () => new Promise(() => {}));
  service.on("talk", 10_000, async (job, { log }) => {
    await log.info("halfway", { page: 2 });
    return { said: true };
  });
  await service.start();
  say({ started: true });
  await new Promise((ended) => process.stdin.on("end", ended).resume());
  return { faults };
});
