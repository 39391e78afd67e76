//! The parts of an ARN.

/// An ARN: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`. Some services leave Region and account
/// empty. Of an empty ARN, which [`Default`] makes, every part is empty.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Arn<'a> {
    pub partition: &'a str,
    pub service: &'a str,
    pub region: &'a str,
    pub account: &'a str,
    /// Everything behind the account. It may contain colons and slashes.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// The parts of `text`; `None` if it is not an ARN.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let mut part = || parts.next();
        let ("arn", partition, service) = (part()?, part()?, part()?) else { return None };
        let (region, account, resource) = (part()?, part()?, part()?);
        let is_word =
            |text: &str| text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        let is_account = account.is_empty()
            || account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        let is_arn = [partition, service, region].into_iter().all(is_word)
            && !partition.is_empty()
            && !service.is_empty()
            && is_account
            && !resource.is_empty();
        is_arn.then_some(Self { partition, service, region, account, resource })
    }

    /// The name or id of a resource of one service and type: what follows the type and `/` or `:`.
    /// `None` if it is another resource, or if Region or account is empty.
    pub fn id_of(self, service: &str, kind: &str) -> Option<&'a str> {
        let id = self.resource.strip_prefix(kind)?.strip_prefix(['/', ':'])?;
        let here = !self.region.is_empty() && !self.account.is_empty();
        (here && self.service == service && !id.is_empty()).then_some(id)
    }

    /// Whether both are in the same account and Region.
    pub fn is_beside(self, other: Arn<'_>) -> bool {
        (self.account, self.region) == (other.account, other.region)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arn(text: &str) -> Arn<'_> {
        Arn::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    /// The examples of the IAM user guide, "Amazon Resource Names (ARNs)", of the ECS developer
    /// guide, "Amazon Resource Names (ARNs) and IDs", and of the service authorization reference
    /// for EC2 Auto Scaling, CloudWatch, SNS and SQS.
    #[test]
    fn each_form_of_arn_is_split_into_its_parts() {
        for (text, [partition, service, region, account, resource]) in [
            (
                "arn:aws:iam::123456789012:user/johndoe",
                ["aws", "iam", "", "123456789012", "user/johndoe"],
            ),
            ("arn:aws:s3:::my_bucket/key", ["aws", "s3", "", "", "my_bucket/key"]),
            (
                "arn:aws:sns:us-east-1:123456789012:example-sns-topic-name",
                ["aws", "sns", "us-east-1", "123456789012", "example-sns-topic-name"],
            ),
            (
                "arn:aws-cn:ecs:cn-north-1:123456789012:cluster/demo",
                ["aws-cn", "ecs", "cn-north-1", "123456789012", "cluster/demo"],
            ),
            (
                "arn:aws-us-gov:ecs:us-gov-west-1:123456789012:task/demo/0a1b",
                ["aws-us-gov", "ecs", "us-gov-west-1", "123456789012", "task/demo/0a1b"],
            ),
            (
                "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:\
                 183bb3b2-f27f-4165-b6ca-734e082da43c:autoScalingGroupName/demo",
                [
                    "aws",
                    "autoscaling",
                    "us-east-1",
                    "123456789012",
                    "autoScalingGroup:183bb3b2-f27f-4165-b6ca-734e082da43c:\
                     autoScalingGroupName/demo",
                ],
            ),
        ] {
            assert_eq!(arn(text), Arn { partition, service, region, account, resource });
        }
    }

    #[test]
    fn text_that_is_not_an_arn_is_refused() {
        for text in [
            "",
            "demo",
            "arn:aws:ecs:us-east-1:123456789012",
            "arn:aws:ecs:us-east-1:123456789012:",
            "ARN:aws:ecs:us-east-1:123456789012:cluster/demo",
            "arn::ecs:us-east-1:123456789012:cluster/demo",
            "arn:aws::us-east-1:123456789012:cluster/demo",
            "arn:aws:ecs:US East (N. Virginia):123456789012:cluster/demo",
            "arn:aws:ecs:us-east-1:12345678901:cluster/demo",
            "arn:aws:ecs:us-east-1:12345678901x:cluster/demo",
            " arn:aws:ecs:us-east-1:123456789012:cluster/demo",
        ] {
            assert_eq!(Arn::parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_id_follows_the_type_and_a_slash_or_a_colon() {
        let cluster = arn("arn:aws:ecs:us-east-1:123456789012:cluster/demo");
        assert_eq!(cluster.id_of("ecs", "cluster"), Some("demo"));
        assert_eq!(cluster.id_of("ecs", "clust"), None);
        assert_eq!(cluster.id_of("ecs", "service"), None);
        assert_eq!(cluster.id_of("eks", "cluster"), None);
        let alarm = arn("arn:aws:cloudwatch:us-east-1:123456789012:alarm:a: b/c");
        assert_eq!(alarm.id_of("cloudwatch", "alarm"), Some("a: b/c"));
        let nameless = arn("arn:aws:cloudwatch:us-east-1:123456789012:alarm:");
        assert_eq!(nameless.id_of("cloudwatch", "alarm"), None);
        let nowhere = arn("arn:aws:cloudwatch::123456789012:alarm:a");
        assert_eq!(nowhere.id_of("cloudwatch", "alarm"), None);
    }

    #[test]
    fn arns_of_one_account_and_region_are_beside_each_other() {
        let topic = arn("arn:aws:sns:us-east-1:123456789012:topic");
        for (text, is_beside) in [
            ("arn:aws:cloudwatch:us-east-1:123456789012:alarm:a", true),
            ("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a", false),
            ("arn:aws:cloudwatch:us-east-1:210987654321:alarm:a", false),
        ] {
            assert_eq!(topic.is_beside(arn(text)), is_beside, "{text}");
        }
    }
}
