"use strict";
// @oada/client 1.1.4, call by call, over wss. Environment: DOMAIN, TOKEN.
//
// Calls are the client's own, with its own requests, and: watch and get with a `name` for the watch, changes (the
// next few of a named watch).
const { OADAClient } = require("@oada/client");
const { converse } = require("../conversation.cjs");

const { DOMAIN: domain, TOKEN: token } = process.env;
const client = new OADAClient({ domain, token, concurrency: 4 });

const watches = new Map();

// A watch keeps its changes until they are asked for.
function watched({ name, ...request }) {
  if (name === undefined) return request;
  const watch = { changes: [], wake() {} };
  watches.set(name, watch);
  const watchCallback = (change) => {
    watch.changes.push(change);
    watch.wake();
  };
  return { ...request, watchCallback };
}

const plain = ["put", "post", "head", "delete"].map((call) => [call, (request) => client[call](request)]);

converse({
  ...Object.fromEntries(plain),
  get: (request) => client.get(watched(request)),
  watch: (request) => client.watch(watched(request)),
  unwatch: ({ requestId }) => client.unwatch(requestId),
  async changes({ name, count }) {
    const watch = watches.get(name);
    while (watch.changes.length < count) await new Promise((wake) => (watch.wake = wake));
    return watch.changes.splice(0, count);
  },
  quiet: ({ name }) => watches.get(name).changes.length === 0,
});
