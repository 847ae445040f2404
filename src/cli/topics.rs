//! `help`: of commands, and of matters that concern many of them.

use clap::Args;

use super::args::command;
use super::connect::App;
use super::error::{Exit, Failure};
use super::files::nearest_word;

/// Show the help of a command, or of a topic: contract, environment, exit-codes, layouts, output, selectors
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs help job post
  oada-jobs help exit-codes")]
pub(super) struct HelpArgs {
    /// The command or the topic
    #[arg(value_name = "COMMAND|TOPIC")]
    words: Vec<String>,
}

const TOPICS: [&str; 6] = ["contract", "environment", "exit-codes", "layouts", "output", "selectors"];

fn topic(name: &str) -> Option<String> {
    Some(match name {
        "contract" => include_str!("../../docs/handlers.md").to_owned(),
        "environment" => include_str!("../../docs/environment.md").to_owned(),
        "exit-codes" => exit_codes(),
        "layouts" => include_str!("../../docs/layouts.md").to_owned(),
        "output" => include_str!("../../docs/output.md").to_owned(),
        "selectors" => include_str!("../../docs/selectors.md").to_owned(),
        _ => return None,
    })
}

fn exit_codes() -> String {
    let lines = Exit::ALL.iter().map(|(exit, meaning)| format!("{:>4}  {meaning}\n", exit.code()));
    format!("Exit codes\n\n{}", lines.collect::<String>())
}

pub(super) fn help(args: &HelpArgs, app: &App) -> Result<Exit, Failure> {
    let words: Vec<&str> = args.words.iter().map(String::as_str).collect();
    if let [name] = words.as_slice()
        && let Some(text) = topic(name)
    {
        app.ui.say(text.trim_end())?;
        return Ok(Exit::Ok);
    }
    let mut root = command();
    root.build();
    let mut found = &mut root;
    for word in words {
        let known: Vec<String> = found.get_subcommands().map(|child| child.get_name().to_owned()).collect();
        let Some(child) = found.find_subcommand_mut(word) else {
            let failure = Failure::new(Exit::NotFound, format!("no command or topic {word:?}"));
            let guess = nearest_word(word, known.iter().map(String::as_str).chain(TOPICS));
            return Err(match guess {
                Some(guess) => failure.hint(format!("is it {guess:?}?")),
                None => failure
                    .hint(format!("commands are in `oada-jobs --help`; topics are {}", TOPICS.join(", "))),
            });
        };
        found = child;
    }
    app.ui.say(found.render_long_help().to_string().trim_end())?;
    Ok(Exit::Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_topic_has_a_text() {
        for name in TOPICS {
            assert!(topic(name).is_some_and(|text| text.len() > 100), "{name}");
        }
        assert!(topic("exit codes").is_none());
    }
}
