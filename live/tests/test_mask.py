from live.mask import Mask


def test_each_kind_of_id_is_masked_wherever_it_stands():
    before = {
        "arn": "arn:aws:ecs:eu-west-1:123456789012:container-instance/demo/0123456789abcdef0123456789abcdef",
        "queue": "https://sqs.eu-west-1.amazonaws.com/123456789012/capture",
        "account": ["123456789012", 123456789012],
        "123456789012": ("a 123456789012, and 210987654321",),
        "text": "Terminating EC2 instance: i-0123456789abcdef0.",
        "token": "3f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
        "url": "http://demo-1234567890.eu-west-1.elb.amazonaws.com/",
        "hosts": ["203.0.113.7", "ip-10-0-0-7.internal"],
        "key": "ASIAIOSFODNN7EXAMPLE",
    }
    assert Mask()(before) == {
        "arn": "arn:aws:ecs:eu-west-1:account-1:container-instance/demo/id-1",
        "queue": "https://sqs.eu-west-1.amazonaws.com/account-1/capture",
        "account": ["account-1", "account-1"],
        "account-1": ["a account-1, and account-2"],
        "text": "Terminating EC2 instance: i-1.",
        "token": "uuid-1",
        "url": "http://demo-balancer-1.eu-west-1.elb.amazonaws.com/",
        "hosts": ["address-1", "ip-address-2.internal"],
        "key": "key-1",
    }


def test_the_same_id_has_the_same_mask_and_another_id_another():
    ids = ["i-0123456789abcdef0", "i-0123456789abcdef1", "i-0123456789abcdef0", "subnet-0123456789abcdef0"]
    assert Mask()(ids) == ["i-1", "i-2", "i-1", "subnet-1"]


def test_what_is_no_id_stays():
    kept = ["tide-live-0a1b2c3d", "1234567890123", "12345678901", "a123456789012", "1.43.127", "2026-11-30T03:44:00Z",
            "3.11.2", True, 1.5, None, 42]  # fmt: skip
    assert Mask()(kept) == kept


def test_masking_twice_changes_nothing():
    once = Mask()({"a": "i-0123456789abcdef0 of 123456789012"})
    assert Mask()(once) == once
