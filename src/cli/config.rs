//! Settings: from flags, the environment, files and defaults, in this order.
//!
//! Owns the names of settings and where each value came from. Precedence, highest first:
//!
//! 1. flags, and the context that one of them names
//! 2. environment variables
//! 3. the nearest `oada-jobs.toml`, going up from the working directory (or `--config-file`)
//! 4. the nearest `.oadacli.json`, likewise: `domain`, `token` and the map `domains`
//! 5. the context in use
//! 6. the user's `oada-jobs/config.toml` in the XDG configuration folder
//! 7. defaults

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;
use etcetera::BaseStrategy;
use jiff::tz::TimeZone;
use secrecy::{ExposeSecret, SecretString};

use super::args::{Globals, LayoutChoice, zone};
use super::context;
use super::error::{Exit, Failure};
use super::files::{ConfigFile, HandlersFile, OadaCli, readable_token};
use super::output::Format;
use super::time::{TimeStyle, duration, show_duration};

/// The warning for a token that stands on the command line.
pub(super) const SEEN_BY_OTHERS: &str =
    "a token on the command line is seen by others on this machine: use --token-file FILE";

/// The variable that names a context.
pub(super) const CONTEXT: &str = "OADA_JOBS_CONTEXT";

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Flag(&'static str),
    Environment(&'static str),
    File(PathBuf),
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(f, "--{}", name.replace('_', "-")),
            Self::Environment(name) => f.write_str(name),
            Self::File(path) => path.display().fmt(f),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sourced<T> {
    pub(super) value: T,
    pub(super) source: Source,
}

/// Where a token is to be had.
#[derive(Clone, Debug)]
pub(super) enum TokenSource {
    Literal(SecretString),
    File(PathBuf),
    /// A shell command whose first line of output it is.
    Command(SecretString),
    Stdin,
}

/// All settings that commands share.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) domain: Option<Sourced<String>>,
    pub(super) token: Option<Sourced<TokenSource>>,
    pub(super) service: Sourced<String>,
    pub(super) layout: Sourced<LayoutChoice>,
    pub(super) data_dir: Sourced<PathBuf>,
    pub(super) output: Option<Sourced<Format>>,
    pub(super) time: Sourced<TimeStyle>,
    pub(super) zone: Sourced<TimeZone>,
    pub(super) request_timeout: Sourced<Duration>,
    pub(super) ca_file: Option<Sourced<PathBuf>>,
    pub(super) insecure: Sourced<bool>,
    /// Where contexts are kept.
    pub(super) contexts: Option<PathBuf>,
    /// Why the context in use cannot be used, where that is so: what is not about contexts must not go elsewhere then.
    pub(super) unusable_context: Option<String>,
    /// Whether nothing may be changed on a store.
    pub(super) read_only: Sourced<bool>,
    /// The handlers of the first file that defines any.
    pub(super) handlers: Option<HandlersFile>,
    /// What should be said before anything else, such as unknown keys.
    pub(super) warnings: Vec<String>,
}

/// One setting: its key in files, its variable, its flag.
struct Key {
    name: &'static str,
    variable: &'static str,
}

const DOMAIN: Key = Key { name: "domain", variable: "OADA_DOMAIN" };
const TOKEN: Key = Key { name: "token", variable: "OADA_TOKEN" };
const TOKEN_FILE: Key = Key { name: "token_file", variable: "OADA_TOKEN_FILE" };
const TOKEN_COMMAND: Key = Key { name: "token_command", variable: "OADA_TOKEN_COMMAND" };
const SERVICE: Key = Key { name: "service", variable: "OADA_JOBS_SERVICE" };
const LAYOUT: Key = Key { name: "layout", variable: "OADA_JOBS_LAYOUT" };
const DATA_DIR: Key = Key { name: "data_dir", variable: "OADA_JOBS_DATA_DIR" };
const OUTPUT: Key = Key { name: "output", variable: "OADA_JOBS_OUTPUT" };
const TIME: Key = Key { name: "time", variable: "OADA_JOBS_TIME" };
const TZ: Key = Key { name: "tz", variable: "OADA_JOBS_TZ" };
const REQUEST_TIMEOUT: Key = Key { name: "request_timeout", variable: "OADA_JOBS_REQUEST_TIMEOUT" };
const CA_FILE: Key = Key { name: "ca_file", variable: "OADA_JOBS_CA_FILE" };
const READ_ONLY: Key = Key { name: "read_only", variable: "OADA_JOBS_READ_ONLY" };
const INSECURE: Key = Key { name: "insecure", variable: "OADA_JOBS_INSECURE" };

/// The keys that a configuration file may hold.
pub(super) const FILE_KEYS: [&str; 14] = [
    READ_ONLY.name,
    DOMAIN.name,
    TOKEN.name,
    TOKEN_FILE.name,
    TOKEN_COMMAND.name,
    SERVICE.name,
    LAYOUT.name,
    DATA_DIR.name,
    OUTPUT.name,
    TIME.name,
    TZ.name,
    REQUEST_TIMEOUT.name,
    CA_FILE.name,
    INSECURE.name,
];

/// What the process finds around it.
pub(super) struct Surroundings<'a> {
    pub(super) variable: &'a dyn Fn(&str) -> Option<String>,
    pub(super) working_dir: PathBuf,
    pub(super) config_dir: Option<PathBuf>,
    pub(super) data_dir: Option<PathBuf>,
}

impl Surroundings<'_> {
    /// Those of this process.
    pub(super) fn here() -> Self {
        let base = etcetera::choose_base_strategy().ok();
        Self {
            variable: &|name| std::env::var(name).ok().filter(|text| !text.is_empty()),
            working_dir: std::env::current_dir().unwrap_or_default(),
            config_dir: base.as_ref().map(|base| base.config_dir().join("oada-jobs")),
            data_dir: base.as_ref().map(|base| base.data_dir().join("oada-jobs")),
        }
    }
}

/// The layers below the flags.
struct Layers<'a> {
    around: &'a Surroundings<'a>,
    /// The context that a flag names: it counts as much as flags.
    context: Option<ConfigFile>,
    files: Vec<ConfigFile>,
}

impl Layers<'_> {
    fn get<T>(
        &self,
        key: &Key,
        flag: Option<T>,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<Sourced<T>>, Failure> {
        if let Some(value) = flag {
            return Ok(Some(Sourced { value, source: Source::Flag(key.name) }));
        }
        if let Some(file) = &self.context
            && let Some(found) = from_file(file, key, &parse)?
        {
            return Ok(Some(found));
        }
        if let Some(text) = (self.around.variable)(key.variable) {
            let value = parse(&text)
                .map_err(|reason| Failure::usage(format!("cannot use {}: {reason}", key.variable)))?;
            return Ok(Some(Sourced { value, source: Source::Environment(key.variable) }));
        }
        for file in &self.files {
            if let Some(found) = from_file(file, key, &parse)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn or<T>(
        &self,
        key: &Key,
        flag: Option<T>,
        parse: impl Fn(&str) -> Result<T, String>,
        default: impl FnOnce() -> T,
    ) -> Result<Sourced<T>, Failure> {
        let found = self.get(key, flag, parse)?;
        Ok(found.unwrap_or_else(|| Sourced { value: default(), source: Source::Default }))
    }

    /// A path; one in a file is relative to that file.
    fn path(&self, key: &Key, flag: Option<PathBuf>) -> Result<Option<Sourced<PathBuf>>, Failure> {
        let found = self.get(key, flag, |text| Ok(PathBuf::from(text)))?;
        Ok(found.map(|mut found| {
            if let Source::File(file) = &found.source
                && let Some(folder) = file.parent()
            {
                found.value = folder.join(&found.value);
            }
            found
        }))
    }

    /// The token, the file with it and the command for it count as one setting: the first layer with any wins.
    fn token(&self, globals: &Globals) -> Result<Option<Sourced<TokenSource>>, Failure> {
        let token = self.get(&TOKEN, globals.token.clone(), |text| Ok(text.into()))?;
        let file = self.path(&TOKEN_FILE, globals.token_file.clone())?;
        let command =
            self.get(&TOKEN_COMMAND, globals.token_command.clone().map(Into::into), |text| Ok(text.into()))?;
        let found = [
            token.map(|token| Sourced { value: token_source(&token.value), source: token.source }),
            file.map(|file| Sourced { value: TokenSource::File(file.value), source: file.source }),
            command.map(|command| Sourced {
                value: TokenSource::Command(command.value),
                source: command.source,
            }),
        ];
        Ok(found.into_iter().flatten().min_by_key(|token| self.rank(&token.source)))
    }

    fn rank(&self, source: &Source) -> usize {
        match source {
            Source::Flag(_) => 0,
            Source::File(path) if self.context.as_ref().is_some_and(|file| file.path == *path) => 0,
            Source::Environment(_) => 1,
            Source::File(path) => {
                2 + self.files.iter().position(|file| file.path == *path).unwrap_or(self.files.len())
            }
            Source::Default => usize::MAX,
        }
    }
}

fn from_file<T>(
    file: &ConfigFile,
    key: &Key,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<Sourced<T>>, Failure> {
    let Some((text, line)) = file.text(key.name)? else { return Ok(None) };
    let value = parse(&text).map_err(|reason| file.wrong(line, key.name, &reason))?;
    Ok(Some(Sourced { value, source: Source::File(file.path.clone()) }))
}

/// Where a token given as text is to be had.
pub(super) fn token_source(text: &SecretString) -> TokenSource {
    match text.expose_secret() {
        "-" => TokenSource::Stdin,
        exposed => match exposed.strip_prefix('@') {
            Some(file) => TokenSource::File(file.into()),
            None => TokenSource::Literal(text.clone()),
        },
    }
}

fn word<T: ValueEnum>(text: &str) -> Result<T, String> {
    T::from_str(text, true).map_err(|_| {
        let words: Vec<String> = T::value_variants()
            .iter()
            .filter_map(|variant| Some(variant.to_possible_value()?.get_name().to_owned()))
            .collect();
        format!("{text:?} is none of {}", words.join(", "))
    })
}

fn truth(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" | "yes" => Ok(true),
        "false" | "0" | "no" => Ok(false),
        _ => Err(format!("{text:?} is neither true nor false")),
    }
}

impl Settings {
    /// Reads all layers.
    ///
    /// # Errors
    /// A usage failure that names the variable, or the file, line and key that cannot be used.
    pub(super) fn read(globals: &Globals, around: &Surroundings<'_>) -> Result<Self, Failure> {
        let mut warnings = Vec::new();
        let mut files = Vec::new();
        let named =
            globals.config_file.clone().or_else(|| (around.variable)("OADA_JOBS_CONFIG").map(PathBuf::from));
        let project = match named {
            Some(path) => Some((path, true)),
            None => nearest(&around.working_dir, "oada-jobs.toml").map(|path| (path, false)),
        };
        if let Some((path, is_named)) = project {
            let file = ConfigFile::read(&path, &mut warnings)?;
            if let Some((_, line)) = file.text(TOKEN_COMMAND.name)?
                && !is_named
            {
                let reason = "a file that happens to lie there must not run commands";
                return Err(file
                    .wrong(line, TOKEN_COMMAND.name, reason)
                    .hint("keep it in a context: `oada-jobs context add NAME --token-command COMMAND`"));
            }
            files.push(file);
        }
        let oadacli = match nearest(&around.working_dir, ".oadacli.json") {
            Some(path) => Some(OadaCli::read(&path)?),
            None => None,
        };
        files.extend(oadacli.as_ref().map(OadaCli::as_config));
        let contexts = around.config_dir.as_ref().map(|folder| folder.join("contexts"));
        let (mut context, mut unusable_context) = (None, None);
        if let Some(folder) = &contexts {
            let named = globals.context.clone().or_else(|| (around.variable)(CONTEXT));
            if let Some(name) = named {
                context = Some(ConfigFile::read(&context::existing(folder, &name)?, &mut warnings)?);
            } else if let Some(name) = context::current(folder) {
                let read =
                    context::existing(folder, &name).and_then(|path| ConfigFile::read(&path, &mut warnings));
                match read {
                    Ok(file) => files.push(file),
                    Err(failure) => unusable_context = Some(failure.message),
                }
            }
        }
        let user = around.config_dir.as_ref().map(|folder| folder.join("config.toml"));
        if let Some(path) = user.filter(|path| path.is_file()) {
            files.push(ConfigFile::read(&path, &mut warnings)?);
        }

        let handlers = context.iter().chain(&files).find_map(|file| file.handlers.clone());
        let layers = Layers { around, context, files };
        let mut domain = layers.get(&DOMAIN, globals.domain.clone(), |text| Ok(text.to_owned()))?;
        let mut token = layers.token(globals)?;
        if let (Some(known), Some(named)) = (&oadacli, &mut domain)
            && let Some((host, its_token)) = known.domain(&named.value)
        {
            named.value = host;
            let source = Source::File(known.path.clone());
            let is_weaker = |token: &Sourced<_>| layers.rank(&token.source) >= layers.rank(&source);
            if token.as_ref().is_none_or(is_weaker)
                && let Some(its_token) = its_token
            {
                token = Some(Sourced { value: TokenSource::Literal(its_token), source });
            }
        }
        if matches!(&token, Some(Sourced { value: TokenSource::Literal(_), source: Source::Flag(_) })) {
            warnings.push(SEEN_BY_OTHERS.to_owned());
        }
        if let Some(Sourced { value: TokenSource::File(path), .. }) = &token {
            warnings.extend(readable_token(path));
        }
        let data_dir = match layers.path(&DATA_DIR, globals.data_dir.clone())? {
            Some(found) => found,
            None => match &around.data_dir {
                Some(folder) => Sourced { value: folder.clone(), source: Source::Default },
                None => {
                    return Err(Failure::new(
                        Exit::Usage,
                        "there is no home folder to keep the data folder in",
                    )
                    .hint("name a data folder with --data-dir DIR"));
                }
            },
        };
        Ok(Self {
            domain,
            token,
            service: layers.or(
                &SERVICE,
                service_flag(globals)?,
                |t| Ok(t.to_owned()),
                || "oada-jobs".into(),
            )?,
            layout: layers.or(&LAYOUT, globals.layout, word, || LayoutChoice::Auto)?,
            data_dir,
            output: layers.get(&OUTPUT, globals.output.or(globals.json.then_some(Format::Json)), word)?,
            time: layers.or(&TIME, globals.time, word, || TimeStyle::Relative)?,
            zone: layers.or(&TZ, globals.tz.clone(), zone, || TimeZone::UTC)?,
            request_timeout: layers
                .or(&REQUEST_TIMEOUT, globals.request_timeout, duration, || Duration::from_secs(30))?,
            contexts,
            unusable_context,
            read_only: layers.or(&READ_ONLY, globals.read_only.then_some(true), truth, || false)?,
            ca_file: layers.path(&CA_FILE, globals.ca_file.clone())?,
            insecure: layers.or(&INSECURE, globals.insecure.then_some(true), truth, || false)?,
            handlers,
            warnings,
        })
    }
}

/// A setting as it is told: its key, its value, and where that came from.
type Told<'a> = (&'static str, Option<String>, Option<&'a Source>);

impl Settings {
    /// All settings, in the order of `docs/environment.md`. Of a token, only where it is to be had.
    pub(super) fn all(&self) -> Vec<Told<'_>> {
        fn told<'a, T>(key: &Key, found: &'a Sourced<T>, show: impl Fn(&T) -> String) -> Told<'a> {
            (key.name, Some(show(&found.value)), Some(&found.source))
        }
        fn maybe<'a, T>(key: &Key, found: Option<&'a Sourced<T>>, show: impl Fn(&T) -> String) -> Told<'a> {
            found.map_or((key.name, None, None), |found| told(key, found, show))
        }
        fn word(value: &impl ValueEnum) -> String {
            value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
        }
        let path = |path: &PathBuf| path.display().to_string();
        let token = |token: &TokenSource| match token {
            TokenSource::Literal(_) => "given".to_owned(),
            TokenSource::File(file) => format!("in {}", file.display()),
            TokenSource::Command(_) => "printed by a command".to_owned(),
            TokenSource::Stdin => "on stdin".to_owned(),
        };
        let zone = |zone: &TimeZone| zone.iana_name().unwrap_or("local").to_owned();
        vec![
            maybe(&DOMAIN, self.domain.as_ref(), String::clone),
            maybe(&TOKEN, self.token.as_ref(), token),
            told(&SERVICE, &self.service, String::clone),
            told(&LAYOUT, &self.layout, word),
            told(&DATA_DIR, &self.data_dir, path),
            maybe(&OUTPUT, self.output.as_ref(), word),
            told(&TIME, &self.time, word),
            told(&TZ, &self.zone, zone),
            told(&REQUEST_TIMEOUT, &self.request_timeout, |duration| show_duration(*duration)),
            maybe(&CA_FILE, self.ca_file.as_ref(), path),
            told(&READ_ONLY, &self.read_only, bool::to_string),
            told(&INSECURE, &self.insecure, bool::to_string),
        ]
    }
}

/// The service that a flag names, by its name or by its path.
fn service_flag(globals: &Globals) -> Result<Option<String>, Failure> {
    let Some(path) = &globals.queue else { return Ok(globals.service.clone()) };
    let name = path.trim_end_matches('/').strip_prefix("/bookmarks/services/");
    let name = name.filter(|name| !name.is_empty() && !name.contains('/')).ok_or_else(|| {
        Failure::usage(format!("cannot use --queue {path:?}: it is not the path of a service"))
            .hint("write it as /bookmarks/services/NAME, or name the service with --service NAME")
    })?;
    Ok(Some(name.to_owned()))
}

/// The file of this name in `folder` or the nearest folder above it.
fn nearest(folder: &Path, name: &str) -> Option<PathBuf> {
    folder.ancestors().map(|folder| folder.join(name)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::fs;

    use super::*;

    struct Case {
        home: tempfile::TempDir,
        variables: HashMap<&'static str, &'static str>,
    }

    impl Case {
        fn new() -> Self {
            let home = tempfile::tempdir().unwrap();
            fs::create_dir_all(home.path().join("project/deep")).unwrap();
            fs::create_dir_all(home.path().join("config")).unwrap();
            Self { home, variables: HashMap::new() }
        }

        fn file(self, path: &str, text: &str) -> Self {
            fs::write(self.home.path().join(path), text).unwrap();
            self
        }

        fn variable(mut self, name: &'static str, value: &'static str) -> Self {
            self.variables.insert(name, value);
            self
        }

        fn read(&self, globals: &Globals) -> Result<Settings, Failure> {
            let variable = |name: &str| self.variables.get(name).map(|text| (*text).to_owned());
            Settings::read(
                globals,
                &Surroundings {
                    variable: &variable,
                    working_dir: self.home.path().join("project/deep"),
                    config_dir: Some(self.home.path().join("config")),
                    data_dir: Some(self.home.path().join("data")),
                },
            )
        }
    }

    fn token_of(settings: &Settings) -> String {
        match &settings.token.as_ref().unwrap().value {
            TokenSource::Literal(token) => token.expose_secret().to_owned(),
            TokenSource::File(path) => format!("@{}", path.display()),
            TokenSource::Command(command) => format!("!{}", command.expose_secret()),
            TokenSource::Stdin => "-".to_owned(),
        }
    }

    #[test]
    fn flags_beat_the_environment_beats_the_project_beats_the_user() {
        let case = Case::new()
            .file(
                "config/config.toml",
                "service = \"user\"\ndomain = \"user.example\"\nlayout = \"current\"\n",
            )
            .file("project/oada-jobs.toml", "service = \"project\"\ndomain = \"project.example\"\n")
            .variable("OADA_DOMAIN", "env.example");
        let settings = case.read(&Globals { service: Some("flag".into()), ..Globals::default() }).unwrap();
        assert_eq!(settings.service, Sourced { value: "flag".into(), source: Source::Flag("service") });
        let domain = settings.domain.unwrap();
        assert_eq!(domain.value, "env.example");
        assert_eq!(domain.source.to_string(), "OADA_DOMAIN");
        assert_eq!(settings.layout.value, LayoutChoice::Current);
        assert!(matches!(settings.layout.source, Source::File(path) if path.ends_with("config/config.toml")));
        let settings = case.read(&Globals::default()).unwrap();
        assert_eq!(settings.service.value, "project");
        assert_eq!(settings.time.source, Source::Default);
    }

    #[test]
    fn unknown_keys_warn_and_bad_ones_name_file_line_and_key() {
        let case = Case::new().file("project/oada-jobs.toml", "# mine\ndomian = \"x\"\n");
        let settings = case.read(&Globals::default()).unwrap();
        assert_eq!(settings.warnings.len(), 1);
        assert!(
            settings.warnings[0]
                .ends_with("oada-jobs.toml:2: unknown key \"domian\", ignored; is it \"domain\"?")
        );

        let case = Case::new().file("project/oada-jobs.toml", "\nrequest_timeout = \"soon\"\n");
        let failure = case.read(&Globals::default()).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert!(failure.message.contains("oada-jobs.toml:2: request_timeout: \"soon\" is not a duration"));

        let case = Case::new().file("project/oada-jobs.toml", "service = 3\n");
        assert!(
            case.read(&Globals::default()).unwrap_err().message.contains(":1: service: must be a string")
        );

        let case = Case::new().file("project/oada-jobs.toml", "service = \"a\"\nlayout = \n");
        assert!(case.read(&Globals::default()).unwrap_err().message.contains("oada-jobs.toml:2: "));

        let case = Case::new().variable("OADA_JOBS_LAYOUT", "newest");
        let failure = case.read(&Globals::default()).unwrap_err();
        assert_eq!(
            failure.message,
            "cannot use OADA_JOBS_LAYOUT: \"newest\" is none of auto, classic, current"
        );
    }

    #[test]
    fn tokens_come_from_the_strongest_layer_and_files_are_relative_to_theirs() {
        let case = Case::new().file("project/oada-jobs.toml", "token_file = \"secret\"\n");
        let settings = case.read(&Globals::default()).unwrap();
        assert!(token_of(&settings).ends_with("project/secret"));
        let case = case.variable("OADA_TOKEN", "from-env");
        assert_eq!(token_of(&case.read(&Globals::default()).unwrap()), "from-env");
        let globals = Globals { token_file: Some("flag-file".into()), ..Globals::default() };
        assert_eq!(token_of(&case.read(&globals).unwrap()), "@flag-file");
        let globals = Globals { token: Some("literal".into()), ..Globals::default() };
        let settings = case.read(&globals).unwrap();
        assert!(settings.warnings[0].contains("--token-file"));
        assert!(!format!("{settings:?}").contains("literal"));
        let globals = Globals { token: Some("@there".into()), ..Globals::default() };
        assert_eq!(token_of(&case.read(&globals).unwrap()), "@there");
    }

    #[test]
    fn a_command_for_the_token_is_taken_from_files_that_the_user_has_made() {
        let case = Case::new().file("config/config.toml", "token_command = \"pass oada\"\n");
        assert_eq!(token_of(&case.read(&Globals::default()).unwrap()), "!pass oada");
        let case = case.variable("OADA_TOKEN_FILE", "/there");
        assert_eq!(token_of(&case.read(&Globals::default()).unwrap()), "@/there");
        let case = Case::new().file("project/oada-jobs.toml", "\ntoken_command = \"rm -rf /\"\n");
        let failure = case.read(&Globals::default()).unwrap_err();
        assert!(failure.message.contains("oada-jobs.toml:2: token_command: a file that"), "{failure:?}");
        let named = Globals {
            config_file: Some(case.home.path().join("project/oada-jobs.toml")),
            ..Globals::default()
        };
        assert_eq!(token_of(&case.read(&named).unwrap()), "!rm -rf /");
    }

    #[test]
    fn the_domains_of_oada_cli_are_known() {
        let case = Case::new().file(
            "project/.oadacli.json",
            r#"{"domains": {"prod": {"domain": "prod.example", "token": "p"}}, "domain": "prod"}"#,
        );
        let settings = case.read(&Globals::default()).unwrap();
        assert_eq!(settings.domain.as_ref().unwrap().value, "prod.example");
        assert_eq!(token_of(&settings), "p");
        let by_host = Globals { domain: Some("prod.example".into()), ..Globals::default() };
        assert_eq!(token_of(&case.read(&by_host).unwrap()), "p");
        let elsewhere = Globals { domain: Some("other.example".into()), ..Globals::default() };
        assert!(case.read(&elsewhere).unwrap().token.is_none());
        let case = Case::new().file("project/.oadacli.json", "{\"domains\": \n[}");
        assert!(case.read(&Globals::default()).unwrap_err().message.contains(".oadacli.json:2: "));
    }
}
