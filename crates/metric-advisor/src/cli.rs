//! The command line.

use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;

use crate::advise::{Advise, print};
use crate::exit::{Answer, Failure};
use crate::plan::Plan;

/// Says which metric an ECS service scales on, from a load test.
#[derive(Debug, Parser)]
#[command(name = "metric-advisor", version, after_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say which metric to scale on, and at what value to hold it
    #[command(after_help = ADVISE)]
    Advise(Box<Advise>),
    /// Print a load test as a script: rates that climb, then the same on twice the tasks
    #[command(after_help = PLAN)]
    Plan(Box<Plan>),
    /// Print the completions of a shell
    Completions {
        /// Which shell's
        shell: Shell,
    },
}

const EXAMPLES: &str = "\
Examples:
  metric-advisor plan --start 10 --max 200 --cluster demo --service web > load-test.sh
  metric-advisor advise test.csv
  metric-advisor completions bash > /etc/bash_completion.d/metric-advisor";

const ADVISE: &str = "\
Examples:
  A CSV file with times, tasks, demand, latency and metrics:
    metric-advisor advise test.csv --objective p95=500ms --html report.html
  Columns whose names say nothing:
    metric-advisor advise test.csv --column demand=offered --unit latency=ms --kind jobs=queue
  What `metric-advisor plan` recorded:
    metric-advisor advise --load *rps.oha.json --metrics metrics.json
  What CloudWatch has, with credentials that allow cloudwatch:GetMetricData and no more:
    metric-advisor advise --from-cloudwatch --cluster demo --service web \\
      --start 2026-11-26T09:00:00Z --end 2026-11-26T11:00:00Z \\
      --load-balancer app/front/0123456789abcdef --target-group targetgroup/web/fedcba9876543210
  In a pipeline:
    metric-advisor advise test.csv --quiet --format json > advice.json || echo \"answer $?\"

Exit codes:
  0  a metric is recommended
  1  none of the metrics will do
  2  what was given cannot be used
  3  the load test does not tell; the answer says what is missing
  4  a file or a call to AWS failed";

const PLAN: &str = "\
Examples:
  metric-advisor plan --start 10 --max 200 --cluster demo --service web \\
    --url https://web.example.com/ --target-group targetgroup/web/fedcba9876543210 \\
    --load-balancer app/front/0123456789abcdef > load-test.sh
  metric-advisor plan --start 5 --max 80 --tool k6 --hold 10m --step 15% | less

The script needs bash, the load generator, the AWS CLI and metric-advisor. It suspends the
service's scaling, sets its tasks, and sets both back in the end. It asks for ecs:UpdateService,
ecs:DescribeServices, application-autoscaling:DescribeScalableTargets,
application-autoscaling:RegisterScalableTarget and cloudwatch:GetMetricData.";

impl Cli {
    /// Do what the command line says.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn run(self) -> Result<Answer, Failure> {
        match self.command {
            Command::Advise(advise) => advise.run(),
            Command::Plan(plan) => {
                print(&plan.script()?)?;
                Ok(Answer::Done)
            }
            Command::Completions { shell } => {
                let mut text = Vec::new();
                clap_complete::generate(shell, &mut Self::command(), "metric-advisor", &mut text);
                print(&String::from_utf8_lossy(&text))?;
                Ok(Answer::Done)
            }
        }
    }
}
