//! The list of commands in the help, and the part below the options.

use clap::Command;

/// Commands for those who change ecs-tide.
const MAINTAINERS: [&str; 4] = ["soak", "bench", "weigh", "digest"];

/// Commands for those who use it.
const USERS: [&str; 5] = ["drain", "scale", "load", "tune", "serve"];

macro_rules! exit_codes {
    ($($line:literal),+) => {
        concat!("Exit codes:", $("\n  ", $line),+)
    };
}

pub(crate) const MAIN: &str = concat!(
    "\
Examples:
  rehearse drain --virtual
  rehearse scale --seed 7
  rehearse completions bash > /etc/bash_completion.d/rehearse

",
    exit_codes!(
        "0  success",
        "1  the command could not run",
        "2  the command line cannot be used",
        "3  an invariant was violated, an instance was not drained, or an objective not kept",
        "4  bench or weigh missed a target"
    )
);

pub(crate) const DRAIN: &str = concat!(
    "\
Examples:
  With the compiled functions in real time, as `make demo` does:
    rehearse drain
  A hundred instances at once, in virtual time:
    rehearse drain --virtual --instances 100
  A service that stops slowly, with ten tasks per instance:
    rehearse drain --virtual --tasks 10 --deregistration-seconds 900 --stop-seconds 10-60
  What a deadline of ten minutes cuts short if deregistration takes half an hour:
    rehearse drain --virtual --deregistration-seconds 1800 --deadline-seconds 600
  The longest lag, for a script:
    rehearse drain --virtual --json 2> progress.txt | jq .longest_lag_seconds
  A random run with faults, by its seed:
    rehearse drain --virtual --faults throttling,losses --seed 19

",
    exit_codes!(
        "0  every instance was drained",
        "1  the drain could not run",
        "2  the command line cannot be used",
        "3  an instance was not drained, or an invariant was violated"
    )
);

pub(crate) const SCALE: &str = concat!(
    "\
Examples:
  With every kind of fault:
    rehearse scale --seed 7
  Without faults, and only its number of calls:
    rehearse scale --faults none --json | jq .calls

",
    exit_codes!(
        "0  no invariant was violated",
        "1  the run could not be set up",
        "2  the command line cannot be used",
        "3  an invariant was violated"
    )
);

pub(crate) const LOAD: &str = concat!(
    "\
Examples:
  A spike on a service whose tasks sustain 40 requests per second, with the default settings:
    rehearse load --shape spike:base=50,peak=500,at=30m,for=15m \\
      --sustains 40 --work 50ms --objective 'p95<250ms'
  Other settings beside the present ones, for traffic of the past, with a service from a file:
    rehearse load --csv requests.csv --service service.json \\
      --policy native --policy native:ServiceOutPercent=65,ServiceOutMinutes=1
  In a script, as a check of settings:
    rehearse load --shape diurnal:low=50,high=400 --service service.json \\
      --policy alarm-scaling --max-violation 1%

",
    exit_codes!(
        "0  the load was rehearsed",
        "1  the rehearsal could not run",
        "2  the command line, the service or the load cannot be used",
        "3  a policy exceeded --max-violation"
    )
);

pub(crate) const TUNE: &str = concat!(
    "\
Examples:
  The cheapest setting of step scaling that keeps the objective for 99% of a day:
    rehearse tune --shape diurnal:low=50,high=400 --service service.json --policy native
  For traffic of the past, checked with the last third of it, which the search does not see:
    rehearse tune --csv requests.csv --service service.json --policy alarm-scaling --hold-out 33%

Ctrl-C ends the search with what it has found by then.

",
    exit_codes!(
        "0  the search has ended",
        "1  a rehearsal could not run",
        "2  the command line, the service or the load cannot be used"
    )
);

pub(crate) const SERVE: &str = "\
Examples:
  rehearse serve
  rehearse serve --address 127.0.0.1:0 --leaving 3 --deregistration-seconds 60
  AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local aws ecs list-clusters \\
    --region us-east-1 --endpoint-url http://127.0.0.1:4599";

pub(crate) const SOAK: &str = "\
Examples:
  rehearse soak --seeds 10000
  rehearse soak --scaling --from 5000 --faults late-metrics";

pub(crate) const BENCH: &str = "\
Examples:
  rehearse bench --json 2> progress.txt | jq '.targets[] | select(.met | not)'";

pub(crate) const WEIGH: &str = "\
Examples:
  cargo build --locked --release -p auto-drain -p reinvoke -p alarm-scaling -p function \\
    --bins --examples
  rehearse weigh";

pub(crate) const DIGEST: &str = "\
Examples:
  rehearse digest --seeds 300 > before.txt
  rehearse digest --seeds 300 | diff before.txt -";

pub(crate) const COMPLETIONS: &str = "\
Examples:
  rehearse completions bash > /etc/bash_completion.d/rehearse
  rehearse completions zsh > ~/.zfunc/_rehearse";

/// Lists the commands of `whole` under a heading for users and one for maintainers. clap itself
/// has headings for options only.
pub(crate) fn under_headings(whole: Command) -> Command {
    // Only a built command has the subcommand `help`.
    let mut built = whole.clone();
    built.build();
    let header = *built.get_styles().get_header();
    let literal = *built.get_styles().get_literal();
    let names = built.get_subcommands().map(|command| command.get_name().len());
    let width = names.max().unwrap_or_default();
    let list = |heading: &str, is_in: &dyn Fn(&str) -> bool| {
        let commands = built.get_subcommands().filter(|command| is_in(command.get_name()));
        let lines = commands.map(|command| {
            let (name, about) = (command.get_name(), command.get_about());
            let about = about.map(ToString::to_string).unwrap_or_default();
            format!("  {literal}{name}{literal:#}{:1$}  {about}\n", "", width - name.len())
        });
        format!("{header}{heading}:{header:#}\n{}\n", lines.collect::<String>())
    };
    let users = list("Commands", &|name| USERS.contains(&name));
    let maintainers = list("Commands for maintainers", &|name| MAINTAINERS.contains(&name));
    let others =
        list("Other commands", &|name| !USERS.contains(&name) && !MAINTAINERS.contains(&name));
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{users}{maintainers}{others}\
         {header}Options:{header:#}\n{{options}}{{after-help}}"
    );
    whole.help_template(template)
}
