Register-ArgumentCompleter -Native -CommandName oada-jobs -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $prev = $env:OADA_JOBS_COMPLETE;
    $env:OADA_JOBS_COMPLETE = "powershell";

    $args = $commandAst.Extent.Text
    $args = $args.Substring(0, [math]::Min($cursorPosition, $args.Length));
    if ($wordToComplete -eq "") {
        $args += " ''";
    }

    $results = Invoke-Expression @"
& oada-jobs -- $args
"@;
    if ($null -eq $prev) {
        Remove-Item Env:\OADA_JOBS_COMPLETE;
    } else {
        $env:OADA_JOBS_COMPLETE = $prev;
    }
    $results | ForEach-Object {
        $split = $_.Split("`t");
        $cmd = $split[0];

        if ($split.Length -eq 2) {
            $help = $split[1];
        }
        else {
            $help = $split[0];
        }

        [System.Management.Automation.CompletionResult]::new($cmd, $cmd, 'ParameterValue', $help)
    }
};
