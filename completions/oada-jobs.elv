set edit:completion:arg-completer[oada-jobs] = { |@words|
    var index = (count $words)
    set index = (- $index 1)

    put (env _CLAP_IFS="\n" _CLAP_COMPLETE_INDEX=(to-string $index) OADA_JOBS_COMPLETE="elvish" oada-jobs -- $@words) | to-lines
}
