#!/usr/bin/env node
// A handler in Node: the job on stdin, the result on stdout, the log on stderr, the rest on descriptor 3.
import { readFileSync, writeSync } from "node:fs";

const job = JSON.parse(readFileSync(0, "utf8"));
const say = (line) => writeSync(3, JSON.stringify(line) + "\n");

const { name } = job.config;
if (typeof name !== "string") {
  say({ error: { type: "no-name", message: "config.name must be a string" } });
  process.exit(65); // trying again cannot help
}

console.error(`debug: greeting ${name}`);
say({ update: "greeted", meta: { name } });
console.log(JSON.stringify({ greeting: `Hello, ${name}!` }));
