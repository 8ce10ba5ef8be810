import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.clicks.list_query import Query, read_query
from chalicelib.core.locks.account import Account


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", Query()),
        ("  ", Query()),
        ("all", Query(everything=True)),
        (" ALL ", Query(everything=True)),
        ("mine", Query(mine=True)),
        ("payments", Query(words=("payments",))),
        ("Payments PROD", Query(words=("payments", "prod"))),
        ("all payments", Query(everything=True, words=("payments",))),
        ("mine payments", Query(mine=True, words=("payments",))),
        ("mine all", Query(everything=True, mine=True)),
        ("page 2", Query(page=2)),
        ("all page 3", Query(everything=True, page=3)),
        ("all payments page 12", Query(everything=True, words=("payments",), page=12)),
        ("all all", Query(everything=True, words=("all",))),
        ("payments all", Query(words=("payments", "all"))),
        ("landing pages", Query(words=("landing", "pages"))),
        ("page page 2", Query(words=("page",), page=2)),
        ("2", Query(words=("2",))),
        ("help me", Query(words=("help", "me"))),
        ("account:Prod-*", Query(accounts=("prod-*",))),
        ("account:1111 all", Query(words=("all",), accounts=("1111",))),
        (
            "all account:1111 payments account:dev page 2",
            Query(everything=True, words=("payments",), accounts=("1111", "dev"), page=2),
        ),
        ("account", Query(words=("account",))),
    ],
)
def test_what_is_typed_says_whose_locks_of_what_states_and_which_page(text: str, query: Query) -> None:
    assert read_query(text) == query


@pytest.mark.parametrize(
    "text",
    [
        "help",
        "--help",
        "-h",
        "?",
        " HELP ",
        "page",
        "all page",
        "page 0",
        "page -1",
        "page x",
        "page 1.5",
        "page ٢",
        "page 123456",
        "x" * 301,
        "account:",
        "all account: prod",
    ],
)
def test_what_cannot_be_a_list_is_not_understood(text: str) -> None:
    assert read_query(text) is None


@given(
    st.booleans(),
    st.booleans(),
    st.lists(st.sampled_from(["payments", "prod/", "é", "a&b"]), max_size=30),
    st.lists(st.sampled_from(["prod-*", "1111", "account:x"]), max_size=3),
    st.integers(1, 99999),
)
def test_a_query_s_text_means_the_same(
    everything: bool, mine: bool, words: list[str], accounts: list[str], page: int
) -> None:
    query = Query(everything=everything, mine=mine, words=tuple(words), accounts=tuple(accounts), page=page)
    assert read_query(query.text) == query


def test_the_longest_query_that_is_understood_has_further_pages_and_those_of_all_channels() -> None:
    query = read_query("x" * 300)
    assert query
    turned = msgspec.structs.replace(query.turned_to(12345), everything=True, mine=True)
    assert read_query(turned.text) == turned


def test_a_state_path_has_to_contain_every_word_in_whatever_letters() -> None:
    query = Query(words=("payments", "prod"))
    assert query.fits("acme-tfstate/PROD/payments/terraform.tfstate")
    assert not query.fits("acme-tfstate/staging/payments/terraform.tfstate")
    assert Query().fits("anything")


PROD = Account("111122223333", "Prod-Network")


@pytest.mark.parametrize(
    "text", ["prod", "PROD-network", "prod-*", "*work", "1111", "11112222333?", "dev account:prod"]
)
def test_an_account_fits_by_a_part_of_its_id_or_name_or_by_a_pattern_of_all_of_it(text: str) -> None:
    query = read_query(f"account:{text}")
    assert query
    assert query.fits_account(PROD)


@pytest.mark.parametrize("text", ["dev", "net*", "1111?", "444455556666", "?"])
def test_an_account_that_does_not_fit_is_left_out(text: str) -> None:
    query = read_query(f"account:{text}")
    assert query
    assert not query.fits_account(PROD)
    assert not query.fits_account(Account())


def test_without_an_account_in_it_a_query_fits_every_account() -> None:
    assert Query(words=("x",)).fits_account(PROD)
    assert Query().fits_account(Account())
