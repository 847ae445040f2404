// @oada/client 5.3.0, call by call. Environment: DOMAIN, TOKEN, CONNECTION (http or ws).
//
// Calls are the client's own, with its own requests, and: watch (with a name), changes (the next few of a named
// watch), quiet (whether a named watch has nothing to give) and end (of a named watch).
// Bytes travel as {"base64": ".."}.
import { connect } from "@oada/client";
import conversation from "../conversation.cjs";

const { DOMAIN: domain, TOKEN: token, CONNECTION: connection } = process.env;
const client = await connect({ domain, token, connection, concurrency: 4 });

const watches = new Map();

function toBytes(request) {
  const base64 = request.data?.base64;
  return base64 === undefined ? request : { ...request, data: Buffer.from(base64, "base64") };
}

function seen({ status, headers, data, requestId }) {
  const base64 = data instanceof Uint8Array ? { base64: Buffer.from(data).toString("base64") } : data;
  return { status, headers, data: base64, requestId };
}

const plain = ["get", "head", "put", "post", "delete", "ensure"].map((call) => [
  call,
  async (request) => seen(await client[call](toBytes(request))),
]);

await conversation.converse({
  ...Object.fromEntries(plain),
  async watch({ name, ...request }) {
    const { changes, ...response } = await client.watch(request);
    watches.set(name, { changes });
    return seen(response);
  },
  async changes({ name, count }) {
    const watch = watches.get(name);
    const taken = [];
    while (taken.length < count) {
      const next = await (watch.next ?? watch.changes.next());
      watch.next = undefined;
      if (next.done) break;
      taken.push(next.value);
    }
    return taken;
  },
  async quiet({ name }) {
    const watch = watches.get(name);
    watch.next ??= watch.changes.next();
    const nothing = Symbol("nothing");
    return (await Promise.race([watch.next, new Promise((done) => setImmediate(done, nothing))])) === nothing;
  },
  async end({ name }) {
    await watches.get(name).changes.return();
  },
  unwatch: async ({ requestId }) => seen(await client.unwatch(requestId)),
});
