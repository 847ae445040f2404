"use strict";
// How a judge is told what to do and says what it saw: lines of JSON, on stdin and on stdout.
const readline = require("node:readline");

// An error as the caller of a client sees it. C1 rejects with responses and strings, which pass as they are.
function described(error) {
  if (!(error instanceof Error)) return error ?? null;
  const { name, message, code, status } = error;
  return { name, message, code, status };
}

function say(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

// What nobody awaited. Without a listener Node ends at the first of them.
const faults = [];
process.on("unhandledRejection", (error) => {
  faults.push(described(error));
  console.error("unhandled rejection:", error);
});

// Does one thing, says what it saw and ends: the clients keep the process alive after they have disconnected.
async function report(see) {
  try {
    say(await see());
    process.exit(0);
  } catch (error) {
    say({ error: described(error) });
    process.exit(1);
  }
}

// Answers each line {"call": .., "with": ..} with {"ok": ..} or {"error": ..}, until there are no more.
async function converse(calls) {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { call, with: request } = JSON.parse(line);
    try {
      say({ ok: (await calls[call](request)) ?? null });
    } catch (error) {
      say({ error: described(error) });
    }
  }
  process.exit(0);
}

module.exports = { converse, faults, report, say };
