//! The policy of a topic decides which alarms may publish to it.

use super::*;

/// A topic `t` that admits the alarms `web-…`, with a queue that `f` polls.
fn guarded() -> Messaging {
    let mut wiring = polled(false);
    wiring.topics = vec![topic("t", false)];
    wiring.topics[0].alarms = vec!["arn:alarm:web-*".to_owned()];
    wiring.subscriptions = vec![subscription("t", Endpoint::Queue(arn("q")))];
    begin(wiring)
}

#[test]
fn an_alarm_reaches_only_a_topic_that_admits_it() {
    let mut messaging = guarded();
    for (alarm, topic) in [("web-out", "t"), ("other", "t"), ("web-out", "none")] {
        let request = Publish { topic_arn: arn(topic), ..publish(alarm) };
        messaging.publish_alarm(START, &format!("arn:alarm:{alarm}"), request);
    }
    assert_eq!(bodies(&runs(&mut messaging, after(1))[0]), ["web-out"]);
    assert_eq!(messaging.undelivered(), 2);
}

#[test]
fn an_alarm_of_the_services_is_admitted_by_the_same_policy() {
    let mut messaging = guarded();
    let effect = |alarm: Option<&str>, message: &str| Effect::Publish {
        topic_arn: arn("t"),
        alarm_arn: alarm.map(str::to_owned),
        subject: "changed".into(),
        message: message.into(),
    };
    messaging.accept(START, effect(Some("arn:alarm:web-out"), "admitted"));
    messaging.accept(START, effect(Some("arn:alarm:api-out"), "refused"));
    messaging.accept(START, effect(None, "of a hook's role"));
    let run = runs(&mut messaging, after(1)).remove(0);
    let mut arrived = bodies(&run);
    arrived.sort();
    assert_eq!(arrived, ["admitted", "of a hook's role"]);
    assert_eq!(messaging.undelivered(), 1);
}
