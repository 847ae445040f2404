#!/usr/bin/env python3
"""A handler in Python: the job on stdin, the result on stdout, the log on stderr, the rest on descriptor 3."""
import json
import sys

job = json.load(sys.stdin)
# Languages that close descriptors of their children open os.environ["OADA_JOB_CONTROL"] there instead.
control = open(3, "w", buffering=1)


def say(**line):
    print(json.dumps(line), file=control)


name = job["config"].get("name")
if not isinstance(name, str):
    say(error={"type": "no-name", "message": "config.name must be a string"})
    sys.exit(65)  # trying again cannot help

print("debug: greeting", name, file=sys.stderr)
say(update="greeted", meta={"name": name})
json.dump({"greeting": f"Hello, {name}!"}, sys.stdout)
