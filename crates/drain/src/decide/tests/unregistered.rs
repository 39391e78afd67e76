use requeue::DelayClass;

use super::{beats, complete};
use crate::decide::*;
use crate::fixtures::{at, instance, net, plan, settings};
use crate::seen::{Answer, Elsewhere};
use crate::settings::AtDeadline;

#[test]
fn an_instance_that_never_registered_is_completed_once_it_is_not_young() {
    let mut found = instance("Terminating:Wait", Vec::new());
    found.terminating_since = Answer::Known(Some(at(0)));
    let young = plan(&found, &net(), &settings(), at(29));
    assert_eq!((young.actions.len(), young.again), (0, Some(DelayClass::Soon)));
    assert_eq!(
        decide(&found, &net(), &settings(), at(30)),
        Decision::Read(vec![Question::Elsewhere])
    );
    found.elsewhere = Answer::Known(Elsewhere::Nowhere);
    let over = plan(&found, &net(), &settings(), at(30));
    assert!(matches!(over.verdict, Verdict::Ended { end: End::NotRegistered, .. }));
    found.elsewhere = Answer::Failed;
    assert_eq!(plan(&found, &net(), &settings(), at(30)).again, Some(DelayClass::Soon));
}

#[test]
fn an_instance_of_another_cluster_is_stuck_until_its_deadline() {
    let mut found = instance("Terminating:Wait", Vec::new());
    found.terminating_since = Answer::Known(Some(at(0)));
    for elsewhere in [Elsewhere::OtherCluster, Elsewhere::NoSuchCluster] {
        found.elsewhere = Answer::Known(elsewhere);
        let waiting = plan(&found, &net(), &settings(), at(7199));
        assert_eq!(waiting.verdict, Verdict::WrongCluster);
        assert!(beats(&waiting) && complete(&waiting).is_none());
        let over = plan(&found, &net(), &settings(), at(7200));
        assert_eq!(complete(&over), Some(ActionResult::Continue));
        let abandon = Settings { at_deadline: AtDeadline::Abandon, ..settings() };
        assert_eq!(complete(&plan(&found, &net(), &abandon, at(7199))), None);
        let over = plan(&found, &net(), &abandon, at(7200));
        assert_eq!(complete(&over), Some(ActionResult::Abandon));
        let wait = Settings { at_deadline: AtDeadline::Wait, ..settings() };
        assert_eq!(complete(&plan(&found, &net(), &wait, at(7200))), None);
    }
}
