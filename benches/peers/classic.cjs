"use strict";
// @oada/jobs 1.0.4 with an empty work function, told what to do as load.rs is. Environment: DOMAIN, TOKEN.
// Arguments: SERVICE CONCURRENCY. Drains what is there and says what that took, then goes on until stdin ends.
const readline = require("node:readline");
const { Service } = require("@oada/jobs");
const { WebSocketClient } = require("@oada/client/dist/websocket");
const { report, say } = require("../conversation.cjs");

const { DOMAIN: domain, TOKEN: token } = process.env;
const [name, concurrency] = process.argv.slice(2);

let requests = 0;
const { doRequest } = WebSocketClient.prototype;
WebSocketClient.prototype.doRequest = function (...args) {
  requests += 1;
  return doRequest.apply(this, args);
};

let jobs = 0;

report(async () => {
  const input = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  say("ready");
  await input.next();
  const began = performance.now();
  const service = new Service(name, domain, token, Number(concurrency));
  service.on("work", 60_000, async () => {
    jobs += 1;
    return {};
  });
  await service.start();
  say({ jobs, seconds: (performance.now() - began) / 1000, requests });
  while (!(await input.next()).done);
  return { requests };
});
