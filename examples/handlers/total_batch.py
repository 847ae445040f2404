#!/usr/bin/env python3
"""Runs for several jobs at once: a line for each on stdin, and a line for each that is done on stdout."""
import json
import sys

requests = [json.loads(line) for line in sys.stdin]
print(f"info: adding up {len(requests)} orders", file=sys.stderr)
for request in requests:
    answer = {"id": request["id"]}
    prices = request["job"]["config"].get("prices")
    if isinstance(prices, list):
        answer |= {"status": "ok", "result": {"total": sum(prices), "together": len(requests)}}
    else:
        answer |= {"status": "never", "error": {"type": "no-prices", "message": "config.prices must be a list"}}
    print(json.dumps(answer), flush=True)
