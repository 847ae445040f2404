complete --keep-order --exclusive --command oada-jobs --arguments "(OADA_JOBS_COMPLETE=fish oada-jobs -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token))"
