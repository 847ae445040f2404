#!/usr/bin/env python3
"""A co-process in Python: it lives on between jobs, and answers each line with one."""
import json
import sys

for line in sys.stdin:
    request = json.loads(line)
    answer = {"id": request["id"]}
    name = request["job"]["config"].get("name")
    if isinstance(name, str):
        answer |= {"status": "ok", "result": {"greeting": f"Hello, {name}!"}}
    else:
        answer |= {"status": "never", "error": {"type": "no-name", "message": "config.name must be a string"}}
    print(json.dumps(answer), flush=True)
