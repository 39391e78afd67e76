import pytest

from live import consent


def never(_):
    raise AssertionError("no question may be asked")


def test_the_flag_that_names_account_and_region_is_consent():
    consent.require("123456789012", "eu-west-1", "123456789012/eu-west-1", ask=never)


@pytest.mark.parametrize("flag", ["123456789012/us-east-1", "999999999999/eu-west-1", "yes", ""])
def test_a_flag_that_names_another_is_none(flag):
    with pytest.raises(consent.Refused, match="names"):
        consent.require("123456789012", "eu-west-1", flag, ask=never)


def test_without_flag_and_terminal_there_is_none():
    with pytest.raises(consent.Refused, match="no terminal"):
        consent.require("123456789012", "eu-west-1", None, ask=never, interactive=False)


def test_the_answer_must_name_account_and_region():
    consent.require("123456789012", "eu-west-1", None, ask=lambda _: "123456789012/eu-west-1\n", interactive=True)
    for answer in ("y", "yes", "123456789012", ""):
        with pytest.raises(consent.Refused, match="nothing was started"):
            consent.require("123456789012", "eu-west-1", None, ask=lambda _, answer=answer: answer, interactive=True)


def test_the_longest_run_is_estimated_below_a_dollar():
    total = float(consent.estimate(300).splitlines()[-1].split()[-1])
    assert 0.1 < total < 1


def test_the_rows_of_the_cost_are_its_total():
    cost = consent.cost(270)
    assert abs(sum(cost["rows"].values()) - cost["total"]) < 0.01
