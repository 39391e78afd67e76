//! The types of names. What each may contain is what AWS documents for the call that creates it.

use crate::arn::Arn;
use crate::name::name;

name! {
    /// The id of an EC2 instance. Ids of 8 digits are older than 2016.
    /// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html>
    InstanceId,
    "an EC2 instance id, i- and 8 or 17 hexadecimal digits",
    |text| {
        let digits = text.strip_prefix("i-")?;
        let fits = matches!(digits.len(), 8 | 17);
        (fits && digits.bytes().all(|digit| digit.is_ascii_hexdigit())).then_some(text)
    }
}

name! {
    /// The name of an Auto Scaling group.
    /// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html>
    GroupName,
    "the name of an Auto Scaling group, 1 to 255 characters without colon",
    |text| {
        let is_allowed = |letter: char| letter != ':' && !letter.is_control();
        (fits(text) && text.chars().all(is_allowed)).then_some(text)
    }
}

name! {
    /// The name of a lifecycle hook.
    /// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutLifecycleHook.html>
    HookName,
    "the name of a lifecycle hook, 1 to 255 letters, digits, hyphens, underscores and slashes",
    |text| {
        let is_allowed = |letter: char| is_plain(letter) || letter == '/';
        (fits(text) && text.chars().all(is_allowed)).then_some(text)
    }
}

name! {
    /// The name of an ECS cluster.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html>
    ClusterName,
    "the name of an ECS cluster, 1 to 255 letters, digits, hyphens and underscores",
    |text| is_ecs_name(text).then_some(text)
}

name! {
    /// The ARN of an ECS cluster.
    ClusterArn,
    "the ARN of an ECS cluster",
    |text| is_ecs_name(Arn::parse(text)?.id_of("ecs", "cluster")?).then_some(text)
}

name! {
    /// The name of an ECS service.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html>
    ServiceName,
    "the name of an ECS service, 1 to 255 letters, digits, hyphens and underscores",
    |text| is_ecs_name(text).then_some(text)
}

name! {
    /// The ARN of an ECS service: of `service/NAME` or `service/CLUSTER/NAME`.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html#ecs-resource-ids>
    ServiceArn,
    "the ARN of an ECS service",
    |text| Arn::parse(text)?.id_of("ecs", "service").map(|_| text)
}

name! {
    /// The ARN of a task definition.
    TaskDefinitionArn,
    "the ARN of a task definition",
    |text| Arn::parse(text)?.id_of("ecs", "task-definition").map(|_| text)
}

name! {
    /// The ARN of a container instance: of `container-instance/ID` or
    /// `container-instance/CLUSTER/ID`.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html#ecs-resource-ids>
    ContainerInstanceArn,
    "the ARN of a container instance",
    |text| Arn::parse(text)?.id_of("ecs", "container-instance").map(|_| text)
}

name! {
    /// The ARN of an ECS task: of `task/ID` or `task/CLUSTER/ID`.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html#ecs-resource-ids>
    TaskArn,
    "the ARN of an ECS task",
    |text| Arn::parse(text)?.id_of("ecs", "task").map(|_| text)
}

name! {
    /// The name of a CloudWatch alarm, of any kind. It may contain colons.
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>
    AlarmName,
    "the name of an alarm, 1 to 255 characters",
    |text| fits(text).then_some(text)
}

name! {
    /// The ARN of a CloudWatch alarm, of any kind.
    AlarmArn,
    "an alarm's ARN, write arn:PARTITION:cloudwatch:REGION:ACCOUNT:alarm:NAME",
    |text| fits(Arn::parse(text)?.id_of("cloudwatch", "alarm")?).then_some(text)
}

name! {
    /// The ARN of a standard SNS topic.
    TopicArn,
    "the ARN of a standard SNS topic",
    |text| (is_queue_or_topic(text, "sns")? && !text.ends_with(FIFO)).then_some(text)
}

name! {
    /// The ARN of a FIFO topic.
    /// <https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>
    FifoTopicArn,
    "the ARN of a FIFO topic",
    |text| (is_queue_or_topic(text, "sns")? && text.ends_with(FIFO)).then_some(text)
}

name! {
    /// The ARN of an SQS queue.
    QueueArn,
    "the ARN of an SQS queue",
    |text| is_queue_or_topic(text, "sqs")?.then_some(text)
}

name! {
    /// The ARN of an IAM role.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html>
    RoleArn,
    "the ARN of an IAM role",
    |text| {
        let arn = Arn::parse(text)?;
        let name = arn.resource.strip_prefix("role/")?;
        (arn.service == "iam" && !arn.account.is_empty() && !name.is_empty()).then_some(text)
    }
}

const FIFO: &str = ".fifo";

impl ClusterArn {
    pub fn name(&self) -> ClusterName {
        let arn = Arn::parse(&self.0).unwrap_or_default();
        ClusterName::from_aws(arn.id_of("ecs", "cluster").unwrap_or_default())
    }
}

impl AlarmArn {
    /// Its parts.
    pub fn arn(&self) -> Arn<'_> {
        Arn::parse(&self.0).unwrap_or_default()
    }

    pub fn name(&self) -> AlarmName {
        AlarmName::from_aws(self.arn().id_of("cloudwatch", "alarm").unwrap_or_default())
    }
}

impl FifoTopicArn {
    /// Its parts.
    pub fn arn(&self) -> Arn<'_> {
        Arn::parse(&self.0).unwrap_or_default()
    }
}

/// Whether a name has the length that most of AWS's names may have.
fn fits(name: &str) -> bool {
    (1..=255).contains(&name.chars().count())
}

/// Whether it may be the name of a cluster or of a service.
fn is_ecs_name(name: &str) -> bool {
    fits(name) && name.chars().all(is_plain)
}

fn is_plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_')
}

/// Whether the resource is a name alone, as SNS and SQS have it; `None` if it is not an ARN.
fn is_queue_or_topic(text: &str, service: &str) -> Option<bool> {
    let arn = Arn::parse(text)?;
    let is_name = arn.resource.chars().all(|letter| is_plain(letter) || letter == '.');
    Some(arn.service == service && !arn.region.is_empty() && !arn.account.is_empty() && is_name)
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use proptest::prelude::*;

    use super::*;

    fn is<T: FromStr>(text: &str) -> bool {
        text.parse::<T>().is_ok()
    }

    /// The formats are those of the ECS developer guide, "Amazon Resource Names (ARNs) and IDs":
    /// the old one without the cluster, the new one with it.
    #[test]
    fn ecs_arns_are_read_in_the_old_and_the_new_format() {
        for home in [
            "arn:aws:ecs:us-east-1:123456789012",
            "arn:aws-cn:ecs:cn-north-1:123456789012",
            "arn:aws-us-gov:ecs:us-gov-west-1:123456789012",
        ] {
            for id in
                ["1dcadc22-d8c0-4d4a-b4ab-3d1b3e4c5e2f", "demo/1dcadc22d8c04d4ab4ab3d1b3e4c5e2f"]
            {
                assert!(is::<ContainerInstanceArn>(&format!("{home}:container-instance/{id}")));
                assert!(is::<TaskArn>(&format!("{home}:task/{id}")));
                assert!(is::<ServiceArn>(&format!("{home}:service/{id}")));
                assert!(!is::<TaskArn>(&format!("{home}:container-instance/{id}")));
                assert!(!is::<ContainerInstanceArn>(&format!("{home}:task/{id}")));
                assert!(!is::<ServiceArn>(&format!("{home}:task-definition/{id}")));
                assert!(!is::<TaskArn>(id));
            }
            assert!(is::<TaskDefinitionArn>(&format!("{home}:task-definition/web:7")));
            assert!(!is::<TaskArn>(&format!("{home}:task/")));
        }
    }

    #[test]
    fn a_clusters_arn_contains_its_name() {
        let arn: ClusterArn = "arn:aws:ecs:us-east-1:123456789012:cluster/demo".parse().unwrap();
        assert_eq!(Ok(arn.name()), "demo".parse());
        for text in ["demo", "arn:aws:ecs:us-east-1:123456789012:service/demo"] {
            assert!(!is::<ClusterArn>(text), "{text}");
        }
        for text in ["", "de mo", "demo/web", arn.as_str()] {
            assert!(!is::<ClusterName>(text), "{text}");
        }
    }

    #[test]
    fn the_arn_of_a_role_names_an_account_and_no_region() {
        for text in [
            "arn:aws:iam::123456789012:role/ecs-tide-hook-us-east-1",
            "arn:aws-cn:iam::123456789012:role/path/name",
        ] {
            assert!(is::<RoleArn>(text), "{text}");
        }
        for text in [
            "ecs-tide-hook-us-east-1",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::123456789012:user/name",
            "arn:aws:iam:::role/name",
        ] {
            assert!(!is::<RoleArn>(text), "{text}");
        }
    }

    #[test]
    fn instance_ids_have_8_or_17_digits() {
        for id in ["i-0123abcd", "i-0123456789abcdef0"] {
            assert!(is::<InstanceId>(id), "{id}");
        }
        for text in
            ["", "i-", "0123abcd", "mi-0123abcd", "i-0123abcde", "i-0123abcg", "i-0123abcd "]
        {
            assert!(!is::<InstanceId>(text), "{text}");
        }
    }

    #[test]
    fn names_have_the_length_and_the_letters_that_aws_documents() {
        let (longest, longer) = ("x".repeat(255), "x".repeat(256));
        for (text, [group, hook, service, alarm]) in [
            ("web_2-b", [true, true, true, true]),
            ("a/b", [true, true, false, true]),
            ("web: CPU über 80%", [false, false, false, true]),
            ("a b", [true, false, false, true]),
            ("a\u{0}b", [false, false, false, true]),
            ("", [false; 4]),
            (longest.as_str(), [true; 4]),
            (longer.as_str(), [false; 4]),
        ] {
            let read = [
                is::<GroupName>(text),
                is::<HookName>(text),
                is::<ServiceName>(text),
                is::<AlarmName>(text),
            ];
            assert_eq!(read, [group, hook, service, alarm], "{text}");
        }
    }

    #[test]
    fn the_name_in_an_alarms_arn_may_contain_colons() {
        let arn: AlarmArn =
            "arn:aws-cn:cloudwatch:cn-north-1:123456789012:alarm:a: b/ü".parse().unwrap();
        assert_eq!(arn.name().as_str(), "a: b/ü");
        assert_eq!((arn.arn().region, arn.arn().account), ("cn-north-1", "123456789012"));
    }

    #[test]
    fn arns_of_what_is_not_an_alarm_are_refused() {
        let longer = format!("alarm:{}", "x".repeat(256));
        for resource in ["alarm", "alarm:", "alarm-mute-rule:night", "dashboard/a", &longer] {
            let arn = format!("arn:aws:cloudwatch:us-east-1:123456789012:{resource}");
            assert!(!is::<AlarmArn>(&arn), "{arn}");
        }
        assert!(!is::<AlarmArn>("arn:aws:sns:us-east-1:123456789012:alarm:a"));
        assert!(!is::<AlarmArn>("arn:aws:cloudwatch::123456789012:alarm:a"));
        assert!(!is::<AlarmArn>("arn:aws:cloudwatch:us-east-1::alarm:a"));
    }

    #[test]
    fn fifo_and_standard_topics_do_not_pass_for_each_other() {
        let (standard, fifo) = (
            "arn:aws:sns:us-east-1:123456789012:ecs-tide-lifecycle",
            "arn:aws:sns:us-east-1:123456789012:ecs-tide-reinvoke.fifo",
        );
        assert!(is::<TopicArn>(standard) && !is::<TopicArn>(fifo));
        assert!(is::<FifoTopicArn>(fifo) && !is::<FifoTopicArn>(standard));
        assert!(!is::<TopicArn>(&format!("{standard}:183bb3b2-f27f-4165-b6ca-734e082da43c")));
        assert!(is::<QueueArn>("arn:aws:sqs:us-east-1:123456789012:ecs-tide-SoonQueue.fifo"));
        assert!(!is::<QueueArn>(fifo));
    }

    #[test]
    fn a_refusal_says_what_is_wanted() {
        let refused = "demo".parse::<TaskArn>().unwrap_err();
        assert_eq!(refused.to_string(), "not the ARN of an ECS task");
    }

    #[test]
    fn what_aws_answers_is_taken_as_it_is() {
        let id = InstanceId::from_aws("mi-0123456789abcdef0");
        assert_eq!((id.as_str(), id.to_string()), ("mi-0123456789abcdef0", id.clone().into()));
    }

    proptest! {
        #[test]
        fn an_alarms_arn_is_written_as_it_was_read(
            text in "(arn:aws:cloudwatch:[a-z0-9-]{1,9}:[0-9]{12}:alarm:)?\\PC{0,20}"
        ) {
            if let Ok(arn) = text.parse::<AlarmArn>() {
                prop_assert_eq!(arn.to_string(), text);
                prop_assert_eq!(arn.arn().account.len(), 12);
                prop_assert!(!arn.arn().region.is_empty() && !arn.name().as_str().is_empty());
            }
        }
    }
}
