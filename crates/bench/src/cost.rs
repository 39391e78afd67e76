//! Costs at the list prices of AWS.
//!
//! The prices are those of us-east-1 in US dollars as of 2025, without the free tier. Check AWS's
//! pricing pages before you quote a sum.

use std::time::Duration;

use serde::Serialize;

use super::bill::Bill;
use crate::target::number;

/// A million requests of Lambda: <https://aws.amazon.com/lambda/pricing/>
const LAMBDA_REQUESTS: f64 = 0.20;

/// A GB-second of Lambda on arm64, first tier: <https://aws.amazon.com/lambda/pricing/>
const LAMBDA_GB_SECOND: f64 = 0.000_013_333_4;

/// The functions' memory in GB: 128 MB, as the template has it.
const MEMORY_GB: f64 = 0.125;

/// A million requests to a standard queue: <https://aws.amazon.com/sqs/pricing/>
const SQS_REQUESTS: f64 = 0.40;

/// A million requests to a FIFO queue: <https://aws.amazon.com/sqs/pricing/>
const SQS_FIFO_REQUESTS: f64 = 0.50;

/// A million publishes to a standard topic. Other topics cost less, and deliveries to SQS are free:
/// <https://aws.amazon.com/sns/pricing/>
const SNS_REQUESTS: f64 = 0.50;

/// A GB of ingested logs: <https://aws.amazon.com/cloudwatch/pricing/>
const LOGS_GB: f64 = 0.50;

/// A custom metric for a month, prorated by the hours in which it has data:
/// <https://aws.amazon.com/cloudwatch/pricing/>
const METRIC_MONTH: f64 = 0.30;

/// An alarm on one metric for a month: <https://aws.amazon.com/cloudwatch/pricing/>
const ALARM_MONTH: f64 = 0.10;

/// Pollers of an idle event source mapping. "When traffic is low, Lambda scales back
/// the processing to five concurrent batches, and can optimize to as few as 2 […]. However,
/// this optimization is not available when you enable the maximum concurrency setting":
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html>. The page says
/// so of standard queues only; FIFO queues are assumed to have five too.
const POLLERS: u64 = 5;

/// How long an empty receive waits: the maximum of SQS. The same page says that Lambda uses long
/// polling, but not for how long; this is the value that users see on their bills.
const POLL_SECONDS: u64 = 20;

/// The largest number of messages per receive or delete.
const SQS_BATCH: u64 = 10;

const MILLION: f64 = 1e6;
const GB: f64 = 1e9;

/// A month, for monthly costs.
pub const MONTH: Duration = Duration::from_secs(30 * 86_400);

/// The messages of a queue that a function polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queued {
    /// Whether it is a FIFO queue.
    pub fifo: bool,
    /// Messages sent to it.
    pub sent: u64,
    /// Messages received from it.
    pub received: u64,
}

/// The usage in a span of time.
#[derive(Debug, Clone)]
pub struct Usage {
    pub span: Duration,
    /// Calls, invocations and billed time.
    pub bill: Bill,
    /// The queues that functions poll.
    pub queues: Vec<Queued>,
    /// Bytes of log records, without Lambda's own lines.
    pub log_bytes: usize,
    /// The number of distinct metrics in the records.
    pub metrics: usize,
}

/// One item of a cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Item {
    /// The name of the item.
    #[serde(rename = "name")]
    pub what: &'static str,
    /// The amount in the span.
    pub amount: f64,
    /// The cost in US dollars.
    pub usd: f64,
}

impl Queued {
    /// The messages since `earlier`.
    pub fn since(self, earlier: &Self) -> Self {
        Self {
            fifo: self.fifo,
            sent: self.sent.saturating_sub(earlier.sent),
            received: self.received.saturating_sub(earlier.received),
        }
    }

    fn price(self) -> f64 {
        if self.fifo { SQS_FIFO_REQUESTS } else { SQS_REQUESTS }
    }

    /// The number of sends, and of receives and deletes with messages, if batches are full.
    fn requests(self) -> u64 {
        self.sent + 2 * self.received.div_ceil(SQS_BATCH)
    }
}

impl Usage {
    /// The number of polls of each queue in the span, with or without messages.
    fn polls(&self) -> u64 {
        POLLERS * self.span.as_secs() / POLL_SECONDS
    }

    /// The costs of a month of this, in US dollars.
    pub fn a_month(&self) -> f64 {
        let months = MONTH.as_secs_f64() / self.span.as_secs_f64();
        (sum(&self.items()) + sum(&self.standing())) * months
    }

    /// The costs of activity.
    pub fn items(&self) -> Vec<Item> {
        let seconds = number(self.bill.billed_milliseconds) / 1e3;
        let publishes = self.bill.operations.get("Publish").copied().unwrap_or_default();
        let requests: u64 = self.queues.iter().map(|queue| queue.requests()).sum();
        let price = |queue: &Queued| number(queue.requests()) * queue.price() / MILLION;
        let logs = number(u64::try_from(self.log_bytes).unwrap_or(u64::MAX)) / GB;
        let invocations = number(self.bill.invocations);
        vec![
            Item {
                what: "Lambda requests",
                amount: invocations,
                usd: invocations * LAMBDA_REQUESTS / MILLION,
            },
            Item {
                what: "Lambda GB-seconds",
                amount: seconds * MEMORY_GB,
                usd: seconds * MEMORY_GB * LAMBDA_GB_SECOND,
            },
            Item {
                what: "SNS publishes",
                amount: number(publishes),
                usd: number(publishes) * SNS_REQUESTS / MILLION,
            },
            Item {
                what: "SQS requests for messages",
                amount: number(requests),
                usd: self.queues.iter().map(price).sum(),
            },
            Item { what: "CloudWatch Logs, GB", amount: logs, usd: logs * LOGS_GB },
        ]
    }

    /// The standing costs of a deployed stack: polls and metrics.
    pub fn standing(&self) -> Vec<Item> {
        let polls = |fifo: bool| {
            let queues = self.queues.iter().filter(|queue| queue.fifo == fifo).count();
            number(self.polls()) * number(u64::try_from(queues).unwrap_or(u64::MAX))
        };
        let metrics = number(u64::try_from(self.metrics).unwrap_or(u64::MAX));
        let months = self.span.as_secs_f64() / MONTH.as_secs_f64();
        vec![
            Item {
                what: "SQS polls of standard queues",
                amount: polls(false),
                usd: polls(false) * SQS_REQUESTS / MILLION,
            },
            Item {
                what: "SQS polls of FIFO queues",
                amount: polls(true),
                usd: polls(true) * SQS_FIFO_REQUESTS / MILLION,
            },
            Item {
                what: "CloudWatch metrics, months",
                amount: metrics * months,
                usd: metrics * months * METRIC_MONTH,
            },
        ]
    }
}

/// The price of this number of alarms for a month, in US dollars.
pub fn alarms(alarms: usize) -> f64 {
    number(u64::try_from(alarms).unwrap_or(u64::MAX)) * ALARM_MONTH
}

/// The sum of items in US dollars.
pub fn sum(items: &[Item]) -> f64 {
    items.iter().map(|item| item.usd).sum()
}
