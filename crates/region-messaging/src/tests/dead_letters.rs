//! Dead-letter queues of queues.

use super::*;

/// `q` with the dead-letter queue `dead`, which the function `look` polls.
fn redriven(fifo: bool, receives: u32) -> Messaging {
    let mut wiring = polled(fifo);
    wiring.queues.push(queue("dead", fifo));
    wiring.queues[0].redrive =
        Some(Redrive { queue_arn: arn("dead"), max_receive_count: receives });
    wiring.functions.push(function("look"));
    wiring.mappings.push(mapping("dead", "look"));
    begin(wiring)
}

/// As recorded from AWS: `test_sqs.py::TestSqsProvider::test_dead_letter_queue_message_attributes`.
#[test]
fn a_dead_letter_keeps_its_id_and_its_count_and_names_its_queue() {
    for fifo in [false, true] {
        let mut messaging = redriven(fifo, 3);
        let message = if fifo { grouped("poison", "g") } else { body("poison") };
        let id = messaging.send_message(START, &arn("q"), message).unwrap();
        let mut looked: Option<Invocation> = None;
        while let Some(due) = messaging.next_due().filter(|due| *due < after(600)) {
            for run in runs(&mut messaging, due) {
                match run.function.as_str() {
                    "look" => _ = looked.get_or_insert(run),
                    _ => messaging.finish(run.started, run.id, Err("no".into())),
                }
            }
        }
        let record = looked.unwrap().payload["Records"][0].clone();
        assert_eq!(record["messageId"], id);
        assert_eq!(record["body"], "poison");
        assert_eq!(record["attributes"]["ApproximateReceiveCount"], "4");
        assert_eq!(record["attributes"]["DeadLetterQueueSourceArn"], arn("q"));
        assert_eq!(record["eventSourceARN"], arn("dead"));
    }
}

#[test]
fn a_message_that_did_not_die_names_no_source() {
    let mut messaging = redriven(false, 3);
    send(&mut messaging, START, body("fine"));
    let run = runs(&mut messaging, after(1)).remove(0);
    let attributes = run.payload["Records"][0]["attributes"].as_object().unwrap();
    assert!(!attributes.contains_key("DeadLetterQueueSourceArn"));
    assert!(!attributes.contains_key("AWSTraceHeader"));
}
