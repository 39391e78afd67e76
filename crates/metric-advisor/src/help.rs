//! The part of the help below the options.

use load_test::WRITERS;

pub(crate) const EXAMPLES: &str = "\
Examples:
  metric-advisor plan --start-rate 10 --max-rate 200 --cluster demo \\
    --service web > load-test.sh
  metric-advisor advise test.csv
  metric-advisor completions bash > /etc/bash_completion.d/metric-advisor
  metric-advisor man > /usr/local/share/man/man1/metric-advisor.1";

pub(crate) const MAN: &str = "\
Examples:
  metric-advisor man | man -l -
  metric-advisor man advise > /usr/local/share/man/man1/metric-advisor-advise.1";

pub(crate) const PLAN: &str = "\
Examples:
  metric-advisor plan --start-rate 10 --max-rate 200 \\
    --cluster demo --service web --url https://web.example.com/ \\
    --load-balancer app/front/0123456789abcdef \\
    --target-group targetgroup/web/fedcba9876543210 > load-test.sh
  metric-advisor plan --start-rate 5 --max-rate 80 --tool k6 --hold 10m --step 15%

The script needs bash, the load generator, the AWS CLI and metric-advisor. It suspends the
scaling of the service, sets its number of tasks, and restores both at its end. It needs
ecs:UpdateService, ecs:DescribeServices, application-autoscaling:DescribeScalableTargets,
application-autoscaling:RegisterScalableTarget and cloudwatch:GetMetricData.";

const ADVISE: &str = "\
Examples:
  A CSV file with time, tasks, demand, latency and metrics:
    metric-advisor advise test.csv --objective p95=500ms --html report.html
  Columns with unknown names:
    metric-advisor advise test.csv --column demand=offered --unit latency=ms \\
      --kind jobs=queue
  Files that the script of `metric-advisor plan` recorded:
    metric-advisor advise --load *rps.oha.json --metrics metrics.json
  Metrics from CloudWatch. The credentials only need cloudwatch:GetMetricData:
    metric-advisor advise --from-cloudwatch --profile dev --region eu-west-1 \\
      --cluster demo --service web \\
      --start 2026-11-26T09:00:00Z --end 2026-11-26T11:00:00Z \\
      --load-balancer app/front/0123456789abcdef \\
      --target-group targetgroup/web/fedcba9876543210
  In a pipeline:
    metric-advisor advise test.csv --quiet --format json > advice.json ||
      echo \"answer $?\"

Exit codes:
  0  a metric is recommended
  1  none of the metrics is suitable
  2  the input or an option cannot be used
  3  the load test has not enough data; the answer says what is missing
  4  a file or a call to AWS failed";

/// The text for `advise`.
pub(crate) fn advise() -> String {
    let width = WRITERS.iter().map(|(tool, _)| tool.len()).max().unwrap_or_default();
    let formats = WRITERS.map(|(tool, what)| format!("  {tool:width$}  {what}\n")).concat();
    format!("Formats, recognized by content:\n{formats}\n{ADVISE}")
}
