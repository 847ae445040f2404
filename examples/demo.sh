#!/bin/sh
# The main job end to end on the embedded store: a handler, jobs, a worker, and the lists in which the jobs end.
# Needs Rust alone. Works in a folder of its own, which is removed afterwards.
set -eu

repo=$(cd "$(dirname "$0")/.." && pwd)
if [ -z "${OADA_JOBS_BIN:-}" ]; then
    cargo build --manifest-path "$repo/Cargo.toml"
    OADA_JOBS_BIN=${CARGO_TARGET_DIR:-$repo/target}/debug/oada-jobs
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
unset OADA_DOMAIN OADA_TOKEN OADA_TOKEN_FILE
export OADA_JOBS_DATA_DIR="$work/data" OADA_JOBS_OUTPUT=table OADA_JOBS_SERVICE=demo

oada_jobs() {
    printf '\n$ oada-jobs'
    for word in "$@"; do
        case $word in
            *[!A-Za-z0-9=./:_-]*) printf " '%s'" "$word" ;;
            *) printf ' %s' "$word" ;;
        esac
    done
    printf '\n'
    "$OADA_JOBS_BIN" "$@"
}

cat > send.sh <<'HANDLER'
#!/bin/sh
# Gets the job as JSON on stdin; what it prints is the result, stderr is its log.
read -r job
echo "sending" >&2
case $job in
    *'"to":"nobody"'*) echo "nobody has no mailbox" >&2; exit 3 ;;
esac
echo "{\"sent\": true, \"attempt\": $OADA_JOB_ATTEMPT}"
HANDLER
chmod +x send.sh

oada_jobs job post email '{"to": "ada"}'
oada_jobs job post email '{"to": "grace"}'
oada_jobs job post email '{"to": "nobody"}'
oada_jobs serve --handler email=./send.sh --timeout email=30s --once
oada_jobs job ls --status success
oada_jobs job ls --status failure
oada_jobs job show @last
