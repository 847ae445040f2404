#!/bin/sh
# A handler in sh: the config alone on stdin would do as well (`--stdin config`), but the job is in a file anyway.
set -eu

echo "info: working on $OADA_JOB_KEY, attempt $OADA_JOB_ATTEMPT" >&2
echo '{"progress": 0.5, "message": "half way"}' >&3

# Job data never becomes part of a command line: it is read.
size=$(wc -c <"$OADA_JOB_FILE")
if [ "$size" -gt 1000000 ]; then
    echo '{"error": {"type": "too-big", "message": "the job is too big for me"}}' >&3
    exit 65 # trying again cannot help
fi

printf '{"size": %d}\n' "$size"
