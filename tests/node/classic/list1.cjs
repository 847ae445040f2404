"use strict";
// A watch of @oada/list-lib 1.1.1 on a list. Environment: DOMAIN, TOKEN. Argument: the path of the list.
// Says {"started": true} when it watches. Calls: removed (the next few items that it saw go).
const { OADAClient } = require("@oada/client");
const { ListWatch } = require("@oada/list-lib");
const { converse, say } = require("../conversation.cjs");

const { DOMAIN: domain, TOKEN: token } = process.env;
const [path] = process.argv.slice(2);
const client = new OADAClient({ domain, token, concurrency: 4 });

// The library does not tell when its watch has begun.
const watch = client.watch.bind(client);
client.watch = async (request) => {
  const id = await watch(request);
  say({ started: true });
  return id;
};

const removed = [];
let wake = () => {};
new ListWatch({
  path,
  name: "judge",
  conn: client,
  onRemoveItem(id) {
    removed.push(id);
    wake();
  },
});

converse({
  async removed({ count }) {
    while (removed.length < count) await new Promise((woken) => (wake = woken));
    return removed.splice(0, count);
  },
});
