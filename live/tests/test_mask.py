from live.mask import mask


def test_account_ids_go_wherever_they_stand():
    before = {
        "arn": "arn:aws:ecs:eu-west-1:123456789012:cluster/demo",
        "queue": "https://sqs.eu-west-1.amazonaws.com/123456789012/capture",
        "account": ["123456789012", 123456789012],
        "123456789012": ("a 123456789012, and 210987654321",),
    }
    assert mask(before) == {
        "arn": "arn:aws:ecs:eu-west-1:ACCOUNT:cluster/demo",
        "queue": "https://sqs.eu-west-1.amazonaws.com/ACCOUNT/capture",
        "account": ["ACCOUNT", "ACCOUNT"],
        "ACCOUNT": ["a ACCOUNT, and ACCOUNT"],
    }


def test_what_is_no_account_id_stays():
    kept = ["i-012345678901abcde", "1234567890123", "12345678901", "a123456789012", True, 1.5, None, 42]
    assert mask(kept) == kept
