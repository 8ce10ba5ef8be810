from tflocks.words import counted, shortened


def test_what_is_too_long_loses_its_middle() -> None:
    assert shortened("acme/" + "x" * 90 + "/terraform.tfstate", 30) == "acme/xxxx…xx/terraform.tfstate"
    assert len(shortened("x" * 90, 30)) == 30


def test_a_number_of_things_has_a_plural_unless_it_is_one() -> None:
    assert [counted(number, "hold") for number in (0, 1, 2)] == ["0 holds", "1 hold", "2 holds"]
