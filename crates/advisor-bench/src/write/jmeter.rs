//! JMeter 5.6: `SampleResult` saved by `CSVSaveService` with the defaults of `jmeter.properties`,
//! of <https://github.com/apache/jmeter>.

use super::{File, URL, one};
use crate::log::Log;

/// A row for each sample, when it ends; its time is that of its start.
pub(super) fn csv(log: &Log) -> Vec<File> {
    let mut text = "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,\
                    success,failureMessage,bytes,sentBytes,grpThreads,allThreads,URL,Latency,\
                    IdleTime,Connect\n"
        .to_owned();
    for (number, request) in log.ended().iter().enumerate() {
        let message = if request.failed() { "Service Unavailable" } else { "OK" };
        text.push_str(&format!(
            "{:.0},{:.0},GET /items,{},{message},Users 1-{},text,{},,1532,118,100,100,\
             {URL},{:.0},0,0\n",
            1e3 * request.sent,
            1e3 * request.took,
            request.status,
            1 + number % 100,
            !request.failed(),
            1e3 * request.took,
        ));
    }
    one("results.csv", text)
}
