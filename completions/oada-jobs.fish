# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_oada_jobs_global_optspecs
    string join \n d/domain= t/token= token-file= s/service= q/queue= layout= data-dir= o/output= json columns= sort= no-headers color= time= tz= v/verbose Q/quiet no-input y/yes request-timeout= ca-file= insecure C/context= read-only config-file= h/help V/version
end

function __fish_oada_jobs_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_oada_jobs_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_oada_jobs_using_subcommand
    set -l cmd (__fish_oada_jobs_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -s V -l version -d 'Print version'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -f -a "serve" -d 'Run a worker: watch the service\'s queues and run a command for each job'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -f -a "queue" -d 'Manage the queues of a service: its own, and those that it serves besides'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -f -a "job" -d 'Post jobs, and see, follow, retry and end them'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -f -a "failures" -d 'Group failures by job type and error, the most frequent first'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -f -a "handler" -d 'Speak to the worker from inside a handler, and try handlers out'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -f -a "worker" -d 'See and stop the workers of a service, and take up what dead ones have left'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -f -a "stats" -d 'Show how a service is doing: what waits, what ended on the last days, who works'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -f -a "check" -d 'Check a service against limits, for monitoring'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -f -a "prune" -d 'Remove whole days of finished jobs, the oldest first'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -f -a "doctor" -d 'Check settings, handlers of the file, store, token, lists, change feed, queues and workers, and say what to do'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -f -a "context" -d 'Manage named settings, such as one for each server'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -f -a "store" -d 'Serve the embedded store to others, look after it, and manage its tokens'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -f -a "completions" -d 'Print a completion script for a shell'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -f -a "man" -d 'Print the manual page of a command'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -f -a "help" -d 'Show the help of a command, or of a topic: contract, environment, exit-codes, layouts, output, selectors'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -f -a "list" -d 'List jobs: those that wait or run, then those that ended, newest first'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -f -a "retry" -d 'Post finished jobs again, each as a new job that names the old one'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -f -a "print" -d 'Show a job, in the spelling of the npm command: `print LIST JOB`'
complete -c oada-jobs -n "__fish_oada_jobs_needs_command" -f -a "generate" -d 'Write the files of `completions/` and `man/`, and the schema of the configuration file'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l handler -d 'Runs COMMAND through /bin/sh for each job of TYPE; `*` and `?` in TYPE are wildcards' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l stream -d 'Keeps COMMAND running between jobs of TYPE: it reads a line of JSON for each, and answers with one' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l batch -d 'Runs COMMAND for several jobs of TYPE at once: it reads a line of JSON for each, and answers with one' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l timeout -d 'The time limit of a job, of all types or of one: `30s`, `email=5m`, `none` [default: 10m]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l retries -d 'How often a job that failed is tried again, for all types or for one: `2`, `email=5`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l concurrency -d 'How many jobs run at once, and how many of a type: `4`, `email=2`; may be repeated [default: 10]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l rate -d 'How often a job of a type starts, evenly spaced: `30/min`, `email=5/s`; `30/min:10` lets 10 start at once after a rest' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l key -d 'Where jobs of a type say what they are for, such as `email=/config/to`: of those that say the same, one runs at a time' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l stdin -d 'What a handler reads: `job`, `config` or `none` [default: job]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l result -d 'What its output is: `auto`, `json`, which any other text is a failure for, or `none` [default: auto]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l result-limit -d 'The most bytes of a result, such as `64k` [default: 1M]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l result-oversize -d 'What becomes of a larger one: `fail`, `truncate` to keep its end, or `spill` to store it, up to 16 MiB, as a resource to which the job links [default: fail]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l log-limit -d 'The most bytes of log lines of one run; of what comes later the tail is kept [default: 1M]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l cwd -d 'The working directory [default: that of the worker]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l env -d 'One more entry of the environment' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l clean-env -d 'Inherits nothing of the worker\'s environment' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l secret-env -d 'A name that is not inherited, beside those that never are' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l pass-token -d 'Gives the token of the job\'s queue in a file' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l no-shell -d 'Starts the command itself, split into words as a shell would, and no shell' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l on-exit -d 'What exit codes mean: `ok`, `skip`, `fail`, `never`, `retry` or `broken`, such as `3=skip,50=retry`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l orphans -d 'What becomes of processes that outlive their handler: `kill`, `wait` or `ignore` [default: kill]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l stop-signal -d 'The signal that asks a handler to end: `TERM`, `INT`, `HUP`, `QUIT`, `USR1`, `USR2`, `KILL` [default: TERM]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l kill-after -d 'How long a handler has from then to KILL [default: 10s]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l extend-limit -d 'The most time that a handler may have in all by asking for more, or `none` for any [default: 24h]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l memory -d 'The most bytes of memory of all its processes together, such as `512M`; without control groups, of address space of each' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l cpu -d 'The most seconds of processor time of all its processes together; without control groups, of each' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l max-files -d 'The most files that each of its processes may have open' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l nice -d 'By how many steps it is nicer than the worker' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l work-dir -d 'Where the private folders of the runs are made [default: the system\'s temporary folder]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l processes -d 'How many processes of a `--stream` command are kept [default: 1]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l pipeline -d 'How many jobs one of them is given before it has answered the first [default: 1]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l max-jobs-per-process -d 'After how many jobs one of them is replaced [default: never]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l idle -d 'After how long without a job one of them is ended, until there is one again [default: never]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l batch-size -d 'How many jobs one run of a `--batch` command is given at most [default: 100]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l batch-wait -d 'How long the first of them waits for others [default: 1s]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l unknown -d 'What becomes of jobs whose type has no handler' -r -f -a "skip\t'They are left for another worker'
fail\t'They fail, as with @oada/jobs'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l grace -d 'How long running jobs may go on after the first INT or TERM' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l max-attempts -d 'How often a job may take its worker down with it before it counts as failed' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l verify-claims -d 'Whether a claim is read back before it is believed' -r -f -a "auto\t'Where other workers live and the store is not the embedded one'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l temporary-attempts -d 'How often a handler may ask for another attempt of a job' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l max-unfiled -d 'How many jobs of a queue may run, or wait to be filed, at once' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l list-again -d 'How often the lists are read again although nothing seems to be missed' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l link -d 'Where jobs name resources that shall link to them, such as `/config/document`; may be repeated' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l heartbeat -d 'How often the worker says that it lives' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l stale-after -d 'How long a worker may be silent before others take its jobs' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l metrics -d 'Shows what the worker does as Prometheus metrics at /metrics, and whether it takes jobs at /health' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l log-format -d 'How the log is written' -r -f -a "text\t'A line for people'
json\t'A line of JSON'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l once -d 'Ends when the queues are empty'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -f -a "add" -d 'Add a queue: another store, or another user of one, whose jobs a running `serve` takes up at once'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -f -a "ls" -d 'List the queues of a service; tokens are never shown'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -f -a "list" -d 'List the queues of a service; tokens are never shown'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -f -a "rm" -d 'Remove a queue from the list; its jobs stay where they are'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -f -a "delete" -d 'Remove a queue from the list; its jobs stay where they are'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -f -a "show" -d 'Show a queue: where it is, whether it is paused, what waits in it, and who works on it'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -f -a "get" -d 'Show a queue: where it is, whether it is paused, what waits in it, and who works on it'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -f -a "stats" -d 'Show how the queues of a service are doing, a line for each'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -f -a "pause" -d 'Pause a service: its workers claim no more jobs, those that run go on'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -f -a "resume" -d 'Take back a pause'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and not __fish_seen_subcommand_from add ls list rm delete show get stats pause resume drain" -f -a "drain" -d 'Pause a queue and wait until none of its jobs runs any more'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from stats" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -l type -d 'Pauses this job type alone' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -l reason -d 'Why, shown to whoever looks' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -l for -d 'For how long; until `queue resume` unless given' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from pause" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -l type -d 'Resumes this job type alone' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -l type -d 'Drains this job type alone' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -l reason -d 'Why, shown to whoever looks' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -l timeout -d 'How long to wait at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand queue; and __fish_seen_subcommand_from drain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -f -a "post" -d 'Post a job'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -f -a "ls" -d 'List jobs: those that wait or run, then those that ended, newest first'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -f -a "list" -d 'List jobs: those that wait or run, then those that ended, newest first'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -f -a "count" -d 'Count jobs, by status unless told otherwise'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -f -a "show" -d 'Show all that is known of jobs'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -f -a "get" -d 'Show all that is known of jobs'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -f -a "watch" -d 'Follow jobs to their end: status, updates and result, as they come'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -f -a "wait" -d 'Wait for jobs to end, and say how they ended'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -f -a "logs" -d 'Show what a job\'s handler said: its updates, oldest first'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -f -a "retry" -d 'Post finished jobs again, each as a new job that names the old one'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -f -a "edit" -d 'Post a job again with another config; the old job stays as it is'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -f -a "cancel" -d 'Cancel jobs: those that wait at once, those that run by asking their worker to stop them'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -f -a "complete" -d 'End a job as a success, without running it'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -f -a "fail" -d 'End a job as a failure, without running it'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -f -a "rm" -d 'Remove jobs from their list; a job that is removed while it waits never runs'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -f -a "delete" -d 'Remove jobs from their list; a job that is removed while it waits never runs'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -f -a "export" -d 'Write whole jobs as NDJSON, to be kept or imported elsewhere'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and not __fish_seen_subcommand_from post ls list count show get watch wait logs retry edit cancel complete fail rm delete export import" -f -a "import" -d 'Put jobs back that `job export` wrote: as they were, finished ones too'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l set -d 'Sets one value: `--set a.b=1`; JSON where it can be read as such, else text' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l key -d 'Its key; posting one that is there already changes nothing' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l unique -d 'Posts it only if no job of the service was posted with this text before; else tells that one' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l unique-by -d 'The same with the value of a member of its config, such as `order.id`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l unique-for -d 'How long after a post the same text or value may be posted again [default: for ever]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l label -d 'Says of it whatever is of use to find it again, as a member `labels`; may be repeated' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l wait-timeout -d 'How long to wait at most, after which it ends with 124' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l ndjson -d 'Posts one for each line of stdin: `{"type": …, "config": {…}}`, also `"key"` and `"unique"`; with TYPE, a line is the config alone'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l wait -d 'Waits until it has ended: 0 success, 8 failure, 9 cancelled'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l follow -d 'Follows it to its end and shows what happens'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from post" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l status -d 'Jobs with this status; may be repeated' -r -f -a "pending\t'Waiting'
running\t'Claimed by a worker'
success\t'Done'
failure\t'Ended without success'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l type -d 'Jobs of this type; `*` and `?` are wildcards' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l error -d 'Failures of this type, such as `timeout` or `exit-*`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l since -d 'Jobs that ended, or where they have not were posted, since then: `2h`, `yesterday`, `2026-01-31`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l until -d 'The same before then' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l day -d 'Jobs that ended on this day' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l where -d 'Jobs whose member fits: `config.to=a@b.c`, `result.name!=Error`, `result.message~refused`, `config.n>5`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l worker -d 'Jobs claimed by this worker' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l limit -d 'How many to list at most [default: 50 on a terminal, else all]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l all -d 'Lists all'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l watch -d 'Goes on and shows what changes: drawn anew on a terminal, a row for each change elsewhere'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l no-cache -d 'Asks the server for finished jobs too that were seen before'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l status -d 'Jobs with this status; may be repeated' -r -f -a "pending\t'Waiting'
running\t'Claimed by a worker'
success\t'Done'
failure\t'Ended without success'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l type -d 'Jobs of this type; `*` and `?` are wildcards' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l error -d 'Failures of this type, such as `timeout` or `exit-*`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l since -d 'Jobs that ended, or where they have not were posted, since then: `2h`, `yesterday`, `2026-01-31`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l until -d 'The same before then' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l day -d 'Jobs that ended on this day' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l where -d 'Jobs whose member fits: `config.to=a@b.c`, `result.name!=Error`, `result.message~refused`, `config.n>5`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l worker -d 'Jobs claimed by this worker' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l limit -d 'How many to list at most [default: 50 on a terminal, else all]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l all -d 'Lists all'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l watch -d 'Goes on and shows what changes: drawn anew on a terminal, a row for each change elsewhere'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l no-cache -d 'Asks the server for finished jobs too that were seen before'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l status -d 'Jobs with this status; may be repeated' -r -f -a "pending\t'Waiting'
running\t'Claimed by a worker'
success\t'Done'
failure\t'Ended without success'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l type -d 'Jobs of this type; `*` and `?` are wildcards' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l error -d 'Failures of this type, such as `timeout` or `exit-*`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l since -d 'Jobs that ended, or where they have not were posted, since then: `2h`, `yesterday`, `2026-01-31`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l until -d 'The same before then' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l day -d 'Jobs that ended on this day' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l where -d 'Jobs whose member fits: `config.to=a@b.c`, `result.name!=Error`, `result.message~refused`, `config.n>5`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l worker -d 'Jobs claimed by this worker' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l by -d 'What they are counted by' -r -f -a "status\t'The status'
type\t'The job type'
error\t'The type of the failure'
day\t'The day on which they ended'
worker\t'The worker of the last run'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l no-cache -d 'Asks the server for finished jobs too that were seen before'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from count" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -l config -d 'Shows the config alone'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -l result -d 'Shows the result alone'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -l raw -d 'Shows the resource as it lies on the store'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -l config -d 'Shows the config alone'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -l result -d 'Shows the result alone'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -l raw -d 'Shows the resource as it lies on the store'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from watch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -l for -d 'What to wait for' -r -f -a "finished\t'It has ended in any way'
running\t'It runs, or has ended'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -l timeout -d 'How long to wait at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -l any -d 'Ends with the first of several jobs'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from wait" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -l tail -d 'Shows only the last lines' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -s f -l follow -d 'Goes on until the job has ended'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -l stderr -d 'Shows what the handler wrote last to stderr, which is kept with a failure'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from logs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l status -d 'Jobs with this status; may be repeated' -r -f -a "pending\t'Waiting'
running\t'Claimed by a worker'
success\t'Done'
failure\t'Ended without success'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l type -d 'Jobs of this type; `*` and `?` are wildcards' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l error -d 'Failures of this type, such as `timeout` or `exit-*`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l since -d 'Jobs that ended, or where they have not were posted, since then: `2h`, `yesterday`, `2026-01-31`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l until -d 'The same before then' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l day -d 'Jobs that ended on this day' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l where -d 'Jobs whose member fits: `config.to=a@b.c`, `result.name!=Error`, `result.message~refused`, `config.n>5`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l worker -d 'Jobs claimed by this worker' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l limit -d 'Takes at most so many' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l rate -d 'Does no more than so many a second' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l all -d 'Takes all jobs where no filter is given'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -s n -l dry-run -d 'Shows what would be done, and does nothing'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l again -d 'Retries also what was retried already'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from retry" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -l set -d 'Sets one value: `--set a.b=1`; JSON where it can be read as such, else text' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -l patch -d 'Merges into the config: a JSON object, `@FILE`, or `-` for stdin' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l status -d 'Jobs with this status; may be repeated' -r -f -a "pending\t'Waiting'
running\t'Claimed by a worker'
success\t'Done'
failure\t'Ended without success'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l type -d 'Jobs of this type; `*` and `?` are wildcards' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l error -d 'Failures of this type, such as `timeout` or `exit-*`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l since -d 'Jobs that ended, or where they have not were posted, since then: `2h`, `yesterday`, `2026-01-31`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l until -d 'The same before then' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l day -d 'Jobs that ended on this day' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l where -d 'Jobs whose member fits: `config.to=a@b.c`, `result.name!=Error`, `result.message~refused`, `config.n>5`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l worker -d 'Jobs claimed by this worker' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l limit -d 'Takes at most so many' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l rate -d 'Does no more than so many a second' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l reason -d 'Why, kept with the job' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l all -d 'Takes all jobs where no filter is given'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -s n -l dry-run -d 'Shows what would be done, and does nothing'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from cancel" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -l result -d 'Its result: a JSON object, `@FILE`, or `-` for stdin' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -l force -d 'Ends it also while a worker has it; what the worker makes of it is dropped'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from complete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -l error-type -d 'The type of the failure' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -l message -d 'What went wrong' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -l force -d 'Ends it also while a worker has it; what the worker makes of it is dropped'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from fail" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l status -d 'Jobs with this status; may be repeated' -r -f -a "pending\t'Waiting'
running\t'Claimed by a worker'
success\t'Done'
failure\t'Ended without success'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l type -d 'Jobs of this type; `*` and `?` are wildcards' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l error -d 'Failures of this type, such as `timeout` or `exit-*`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l since -d 'Jobs that ended, or where they have not were posted, since then: `2h`, `yesterday`, `2026-01-31`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l until -d 'The same before then' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l day -d 'Jobs that ended on this day' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l where -d 'Jobs whose member fits: `config.to=a@b.c`, `result.name!=Error`, `result.message~refused`, `config.n>5`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l worker -d 'Jobs claimed by this worker' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l limit -d 'Takes at most so many' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l rate -d 'Does no more than so many a second' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l all -d 'Takes all jobs where no filter is given'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -s n -l dry-run -d 'Shows what would be done, and does nothing'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l resources -d 'Deletes also the jobs themselves, not their links alone'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l force -d 'Removes also jobs that a worker is running'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l status -d 'Jobs with this status; may be repeated' -r -f -a "pending\t'Waiting'
running\t'Claimed by a worker'
success\t'Done'
failure\t'Ended without success'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l type -d 'Jobs of this type; `*` and `?` are wildcards' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l error -d 'Failures of this type, such as `timeout` or `exit-*`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l since -d 'Jobs that ended, or where they have not were posted, since then: `2h`, `yesterday`, `2026-01-31`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l until -d 'The same before then' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l day -d 'Jobs that ended on this day' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l where -d 'Jobs whose member fits: `config.to=a@b.c`, `result.name!=Error`, `result.message~refused`, `config.n>5`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l worker -d 'Jobs claimed by this worker' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l limit -d 'Takes at most so many' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l rate -d 'Does no more than so many a second' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l all -d 'Takes all jobs where no filter is given'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -s n -l dry-run -d 'Shows what would be done, and does nothing'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l resources -d 'Deletes also the jobs themselves, not their links alone'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l force -d 'Removes also jobs that a worker is running'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l status -d 'Jobs with this status; may be repeated' -r -f -a "pending\t'Waiting'
running\t'Claimed by a worker'
success\t'Done'
failure\t'Ended without success'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l type -d 'Jobs of this type; `*` and `?` are wildcards' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l error -d 'Failures of this type, such as `timeout` or `exit-*`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l since -d 'Jobs that ended, or where they have not were posted, since then: `2h`, `yesterday`, `2026-01-31`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l until -d 'The same before then' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l day -d 'Jobs that ended on this day' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l where -d 'Jobs whose member fits: `config.to=a@b.c`, `result.name!=Error`, `result.message~refused`, `config.n>5`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l worker -d 'Jobs claimed by this worker' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l all -d 'Takes all jobs where no filter is given'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -l rerun -d 'Posts each to run here, whatever came of it: its type, config and further members, under its key'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -l new-keys -d 'The same under a new key each; importing twice then posts twice'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand job; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l status -d 'Jobs with this status; may be repeated' -r -f -a "pending\t'Waiting'
running\t'Claimed by a worker'
success\t'Done'
failure\t'Ended without success'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l type -d 'Jobs of this type; `*` and `?` are wildcards' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l error -d 'Failures of this type, such as `timeout` or `exit-*`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l since -d 'Jobs that ended, or where they have not were posted, since then: `2h`, `yesterday`, `2026-01-31`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l until -d 'The same before then' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l day -d 'Jobs that ended on this day' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l where -d 'Jobs whose member fits: `config.to=a@b.c`, `result.name!=Error`, `result.message~refused`, `config.n>5`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l worker -d 'Jobs claimed by this worker' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l no-cache -d 'Asks the server for finished jobs too that were seen before'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand failures" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -f -a "test" -d 'Run a handler by the contract, without any store, and show what would be stored'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -f -a "update" -d 'Add an update to the job'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -f -a "progress" -d 'Say how far the job is'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -f -a "result" -d 'Give the job its result, in place of what the handler prints'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -f -a "fail" -d 'Say what the job failed of; the exit code makes it a failure'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -f -a "extend" -d 'Ask for this much more time from now'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -f -a "snooze" -d 'Say when to try again, for an exit code that asks for it'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and not __fish_seen_subcommand_from test update progress result fail extend snooze link" -f -a "link" -d 'Link a resource to the job'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l type -d 'The job\'s type, where JOB does not tell' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l attempt -d 'Which attempt it is' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l timeout -d 'The time limit, or `none`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l stdin -d 'What a handler reads: `job`, `config` or `none` [default: job]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l result -d 'What its output is: `auto`, `json`, which any other text is a failure for, or `none` [default: auto]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l result-limit -d 'The most bytes of a result, such as `64k` [default: 1M]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l result-oversize -d 'What becomes of a larger one: `fail`, `truncate` to keep its end, or `spill` to store it, up to 16 MiB, as a resource to which the job links [default: fail]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l log-limit -d 'The most bytes of log lines of one run; of what comes later the tail is kept [default: 1M]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l cwd -d 'The working directory [default: that of the worker]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l env -d 'One more entry of the environment' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l clean-env -d 'Inherits nothing of the worker\'s environment' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l secret-env -d 'A name that is not inherited, beside those that never are' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l pass-token -d 'Gives the token of the job\'s queue in a file' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l no-shell -d 'Starts the command itself, split into words as a shell would, and no shell' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l on-exit -d 'What exit codes mean: `ok`, `skip`, `fail`, `never`, `retry` or `broken`, such as `3=skip,50=retry`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l orphans -d 'What becomes of processes that outlive their handler: `kill`, `wait` or `ignore` [default: kill]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l stop-signal -d 'The signal that asks a handler to end: `TERM`, `INT`, `HUP`, `QUIT`, `USR1`, `USR2`, `KILL` [default: TERM]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l kill-after -d 'How long a handler has from then to KILL [default: 10s]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l extend-limit -d 'The most time that a handler may have in all by asking for more, or `none` for any [default: 24h]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l memory -d 'The most bytes of memory of all its processes together, such as `512M`; without control groups, of address space of each' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l cpu -d 'The most seconds of processor time of all its processes together; without control groups, of each' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l max-files -d 'The most files that each of its processes may have open' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l nice -d 'By how many steps it is nicer than the worker' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l work-dir -d 'Where the private folders of the runs are made [default: the system\'s temporary folder]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l processes -d 'How many processes of a `--stream` command are kept [default: 1]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l pipeline -d 'How many jobs one of them is given before it has answered the first [default: 1]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l max-jobs-per-process -d 'After how many jobs one of them is replaced [default: never]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l idle -d 'After how long without a job one of them is ended, until there is one again [default: never]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l batch-size -d 'How many jobs one run of a `--batch` command is given at most [default: 100]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l batch-wait -d 'How long the first of them waits for others [default: 1s]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l as-stream -d 'The command lives on between jobs, as with --stream TYPE=COMMAND'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from progress" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from result" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -l type -d 'The type it is filed under, such as `bad-address`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -l data -d 'Anything more: JSON, or else text' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from fail" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from extend" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from snooze" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand handler; and __fish_seen_subcommand_from link" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -f -a "ls" -d 'List the workers of a service'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -f -a "list" -d 'List the workers of a service'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -f -a "show" -d 'Show all that is known of a worker: where it runs, its heartbeat, and the jobs that it runs'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -f -a "get" -d 'Show all that is known of a worker: where it runs, its heartbeat, and the jobs that it runs'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -f -a "stop" -d 'Ask a worker to stop: it takes no more jobs, lets those that run end, and ends'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and not __fish_seen_subcommand_from ls list show get stop release" -f -a "release" -d 'Take the jobs of a dead worker from it at once, so that others run them'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -s n -l dry-run -d 'Shows what would be done, and does nothing'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -l force -d 'Takes them from a worker that lives, too'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand worker; and __fish_seen_subcommand_from release" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -l days -d 'How many days to show' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand stats" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -l max-pending -d 'The most jobs that may wait or run' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -l max-pending-age -d 'How long ago the oldest of them may have been posted' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -l max-failures -d 'The most jobs that may fail on one day, today\'s' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -l min-workers -d 'The fewest workers that must live' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -l format -d 'How the finding is written' -r -f -a "text\t'A line for each figure'
nagios\t'One line, with performance data'
json\t'One JSON object'
prometheus\t'Metrics'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -l success-older-than -d 'Removes successes of days that ended longer ago' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -l failure-older-than -d 'Removes failures of days that ended longer ago' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -l rate -d 'Deletes no more than so many jobs a second' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -l resources -d 'Deletes also the jobs themselves, not their links alone'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -s n -l dry-run -d 'Shows what would be done, and does nothing'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand prune" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -l repair -d 'Makes the lists that are not there, and turns plain objects in their place into resources'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -f -a "add" -d 'Add a context, or replace it, from the flags given here: --domain, --token-file, --service, --layout'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -f -a "ls" -d 'List contexts; tokens are never shown'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -f -a "list" -d 'List contexts; tokens are never shown'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -f -a "use" -d 'Use a context from now on, wherever no other is named'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -f -a "rm" -d 'Remove a context'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and not __fish_seen_subcommand_from add ls list use rm delete" -f -a "delete" -d 'Remove a context'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from ls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from use" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from rm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand context; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -f -a "serve" -d 'Serve the embedded store, to any OADA client, until INT or TERM'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -f -a "check" -d 'Compare everything that is stored with everything else'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -f -a "backup" -d 'Copy the store to a new file, while whoever serves it goes on'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -f -a "restore" -d 'Make the data folder of a copy, from `store backup`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -f -a "compact" -d 'Give back to the system what the data file no longer needs'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -f -a "stats" -d 'Show the size of the store, and what whoever serves it has done'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and not __fish_seen_subcommand_from serve check backup restore compact stats token" -f -a "token" -d 'Manage the tokens of the embedded store'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -l listen -d 'Where to listen; port 0 for any that is free' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -l tls-cert -d 'Serves https and wss with this certificate, as PEM' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -l tls-key -d 'The private key of the certificate' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -l log-format -d 'How the log is written' -r -f -a "text\t'A line for people'
json\t'A line of JSON'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -l tls-self-signed -d 'Serves https and wss with a certificate made up for the occasion, which clients must be told to accept'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -l verify -d 'Reads the whole data file first, and does not serve one that is damaged'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from backup" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from restore" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from compact" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from stats" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -f -a "add" -d 'Make a token, and print it once: it is kept nowhere'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -f -a "ls" -d 'List tokens, without the tokens themselves'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -f -a "list" -d 'List tokens, without the tokens themselves'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -f -a "rm" -d 'Remove a token: whoever uses it is locked out at once'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand store; and __fish_seen_subcommand_from token" -f -a "delete" -d 'Remove a token: whoever uses it is locked out at once'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l status -d 'Jobs with this status; may be repeated' -r -f -a "pending\t'Waiting'
running\t'Claimed by a worker'
success\t'Done'
failure\t'Ended without success'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l type -d 'Jobs of this type; `*` and `?` are wildcards' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l error -d 'Failures of this type, such as `timeout` or `exit-*`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l since -d 'Jobs that ended, or where they have not were posted, since then: `2h`, `yesterday`, `2026-01-31`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l until -d 'The same before then' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l day -d 'Jobs that ended on this day' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l where -d 'Jobs whose member fits: `config.to=a@b.c`, `result.name!=Error`, `result.message~refused`, `config.n>5`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l worker -d 'Jobs claimed by this worker' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l limit -d 'How many to list at most [default: 50 on a terminal, else all]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l all -d 'Lists all'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l watch -d 'Goes on and shows what changes: drawn anew on a terminal, a row for each change elsewhere'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l no-cache -d 'Asks the server for finished jobs too that were seen before'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l status -d 'Jobs with this status; may be repeated' -r -f -a "pending\t'Waiting'
running\t'Claimed by a worker'
success\t'Done'
failure\t'Ended without success'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l type -d 'Jobs of this type; `*` and `?` are wildcards' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l error -d 'Failures of this type, such as `timeout` or `exit-*`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l since -d 'Jobs that ended, or where they have not were posted, since then: `2h`, `yesterday`, `2026-01-31`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l until -d 'The same before then' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l day -d 'Jobs that ended on this day' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l where -d 'Jobs whose member fits: `config.to=a@b.c`, `result.name!=Error`, `result.message~refused`, `config.n>5`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l worker -d 'Jobs claimed by this worker' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l limit -d 'Takes at most so many' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l rate -d 'Does no more than so many a second' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l all -d 'Takes all jobs where no filter is given'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -s n -l dry-run -d 'Shows what would be done, and does nothing'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l again -d 'Retries also what was retried already'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand retry" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand print" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -s d -l domain -d 'The server, such as `oada.example.org` or `http://localhost:3000` [env: OADA_DOMAIN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -s t -l token -d 'The token: `@FILE`, or `-` for stdin; a literal one is seen by others [env: OADA_TOKEN]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -l token-file -d 'The file that holds the token [env: OADA_TOKEN_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -s s -l service -d 'The service whose queues are meant [default: oada-jobs] [env: OADA_JOBS_SERVICE]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -s q -l queue -d 'The service by its path, `/bookmarks/services/NAME`, as the npm command took it' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -l layout -d 'How the service\'s lists are laid out [default: auto] [env: OADA_JOBS_LAYOUT]' -r -f -a "auto\t'As they are; a new service becomes classic'
classic\t'As @oada/jobs 1.x and 2.x: `jobs`, `jobs-success`, `jobs-failure`'
current\t'As @oada/jobs 4.6 to 5.x: `jobs/pending`, `jobs/success`, `jobs/failure`'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -l data-dir -d 'The folder of the embedded store [env: OADA_JOBS_DATA_DIR]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -s o -l output -d 'How results are written [default: table on a terminal, else ndjson] [env: OADA_JOBS_OUTPUT]' -r -f -a "table\t'For people, as wide as the terminal'
wide\t'The same with more columns'
json\t'One JSON text: an array where there may be several results'
ndjson\t'One line of JSON a result'
yaml\t'YAML'
csv\t'Comma-separated values with a heading'
name\t'The key or name alone, one a line'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -l columns -d 'The members of results to show: `key,config.to`' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -l sort -d 'Sorts listings by a member: reads the whole list first, and shows the first 10000 at most' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`'
always\t'Always'
never\t'Never'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -l time -d 'How moments are shown in tables [default: relative] [env: OADA_JOBS_TIME]' -r -f -a "relative\t'As `5m ago`'
iso\t'As RFC 3339, in the zone of `--tz`'
unix\t'As seconds since 1970'"
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -l tz -d 'The time zone of days and of times without one, such as `Europe/Berlin` [default: UTC] [env: OADA_JOBS_TZ]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -l request-timeout -d 'How long one request may take [default: 30s] [env: OADA_JOBS_REQUEST_TIMEOUT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -l ca-file -d 'Certificates of further authorities, as PEM [env: OADA_JOBS_CA_FILE]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -s C -l context -d 'The context to use, from `oada-jobs context` [env: OADA_JOBS_CONTEXT]' -r
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -l config-file -d 'A configuration file to use in place of the nearest `oada-jobs.toml` [env: OADA_JOBS_CONFIG]' -r -F
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -l json -d 'The same as `-o json`'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -l no-headers -d 'Leaves out the heading of tables and CSV'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -s v -l verbose -d 'Says more; twice for everything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -s Q -l quiet -d 'Says nothing but results and errors'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -l no-input -d 'Never asks anything'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -s y -l yes -d 'Answers yes to whatever would be asked'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -l insecure -d 'Accepts any certificate, which lets anybody on the way read the token'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -l read-only -d 'Changes nothing on the store: commands that would are refused [env: OADA_JOBS_READ_ONLY]'
complete -c oada-jobs -n "__fish_oada_jobs_using_subcommand generate" -s h -l help -d 'Print help (see more with \'--help\')'
