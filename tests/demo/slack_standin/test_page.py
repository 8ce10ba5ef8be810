"""The stand-in's page in a real browser: what a person sees of a message, and what a click on it does."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from slack_sdk import WebClient

from demo.slack_standin import SlackStandIn
from tests.demo.clicked_app import ClickedApp
from tests.demo.slack_standin.test_clicks import ALERT
from tests.demo.workspace import WORKSPACE

pytestmark = pytest.mark.local_cloud


@pytest.fixture
def slack(app: ClickedApp) -> Iterator[SlackStandIn]:
    with SlackStandIn(WORKSPACE, burst=50) as running:
        running.request_url = app.url
        yield running


def section(text: str, **more: Any) -> list[dict[str, Any]]:
    return [{"type": "section", "text": {"type": "mrkdwn", "text": text, **more}}]


def post(client: WebClient, text: str = "held", **more: Any) -> str:
    return str(client.chat_postMessage(channel=more.pop("channel", "C1LOCKS"), text=text, **more)["ts"])


def test_a_message_appears_and_changes_without_a_reload(page: Page, client: WebClient) -> None:
    ts = post(client, blocks=ALERT)
    article = page.locator(f"article.message[data-ts='{ts}'][data-channel=C1LOCKS]")
    expect(article).to_contain_text("tflock-reaper")
    expect(article.locator("button[data-action-id=release]")).to_have_text("Release lock")
    client.chat_update(channel="C1LOCKS", ts=ts, text="Released by <@U1ADA>")
    expect(article.locator(".mrkdwn")).to_have_text("Released by @Ada Okafor")
    expect(article.locator("button")).to_have_count(0)


def test_what_was_there_before_is_shown_too(page: Page, client: WebClient) -> None:
    post(client, "one")
    page.reload()
    expect(page.locator("article .mrkdwn")).to_have_text("one")


def test_denying_sends_nothing_and_confirming_sends_the_click(page: Page, client: WebClient, app: ClickedApp) -> None:
    post(client, blocks=ALERT)
    release = page.locator("button[data-action-id=release]")
    release.click()
    expect(page.locator("dialog.confirm")).to_contain_text("Release this lock?")
    expect(page.locator("dialog.confirm b")).to_have_text("in use")
    page.locator("dialog.confirm button.confirm-no").click()
    expect(page.locator("dialog")).to_have_count(0)
    release.click()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    release.click()
    with page.expect_response("**/click"):
        page.locator("dialog.confirm button.confirm-yes").click()
    assert [payload["actions"][0]["value"] for payload in app.payloads] == ["lock-1"]
    expect(page.locator(".unanswered")).to_have_count(0)


def test_the_click_is_made_by_the_user_chosen(page: Page, client: WebClient, app: ClickedApp) -> None:
    post(client, blocks=ALERT)
    expect(page.locator("#clicker-title")).to_have_text("may release")
    page.get_by_label("Clicking as").select_option(label="Gus Guest (guest)")
    expect(page.locator("#clicker-title")).to_have_text("")
    with page.expect_response("**/click"):
        page.locator("select[data-action-id=snooze]").select_option("4")
    (payload,) = app.payloads
    assert (payload["user"]["id"], payload["actions"][0]["selected_option"]["value"]) == ("U2GUS", "4")


def test_an_app_that_fails_gets_the_warning_triangle(page: Page, client: WebClient, app: ClickedApp) -> None:
    app.status = 500
    post(client, blocks=ALERT)
    page.locator("select[data-action-id=snooze]").select_option("1")
    expect(page.get_by_role("img", name="The app answered HTTP 500")).to_be_visible()


def test_an_app_that_takes_more_than_three_seconds_gets_it_too(page: Page, client: WebClient, app: ClickedApp) -> None:
    app.may_answer.clear()
    post(client, blocks=ALERT)
    page.locator("select[data-action-id=snooze]").select_option("1")
    expect(page.get_by_role("img", name="The app did not answer within 3 seconds")).to_be_visible(timeout=6000)
    assert len(app.requests) == 1


def test_a_failure_is_seen_even_when_the_button_is_gone_meanwhile(
    page: Page, client: WebClient, slack: SlackStandIn
) -> None:
    ts = post(client, blocks=ALERT)
    page.locator("button[data-action-id=release]").click()
    client.chat_update(channel="C1LOCKS", ts=ts, text="released")
    expect(page.locator("article button")).to_have_count(0)
    page.locator("dialog.confirm button.confirm-yes").click()
    expect(page.get_by_role("status")).to_contain_text("has no button 'release' now")
    assert slack.messages()[0].text == "released"


def test_how_long_ago_something_was_is_counted_when_it_is_read(page: Page, client: WebClient) -> None:
    hours_ago = int(time.time()) - 3 * 3600 - 60
    post(client, blocks=section(f"*Held* since <!date^{hours_ago}^{{ago}}|then>, *<!date^{hours_ago}^{{ago}}|then>*"))
    expect(page.locator("article")).to_contain_text("Held since 3 hours ago, 3 hours ago")


def test_an_ephemeral_message_is_shown_to_its_user_only(page: Page, client: WebClient) -> None:
    client.chat_postEphemeral(channel="C1LOCKS", user="U1ADA", text="You may not")
    expect(page.locator("article.ephemeral")).to_contain_text("Only visible to you")
    page.locator("#clicker").select_option("U2GUS")
    expect(page.locator("article.ephemeral")).to_have_count(0)
    page.locator("#clicker").select_option("U1ADA")
    expect(page.locator("article.ephemeral")).to_have_count(1)


def test_direct_messages_of_the_app_are_shown_to_their_person_only(page: Page, client: WebClient) -> None:
    post(client, "for you", channel="U1ADA")
    app = page.locator("#apps a")
    expect(app).to_have_text("tflock-reaper")
    expect(app).to_have_class("unread")
    expect(page.locator("article")).to_have_count(0)
    app.click()
    expect(page.locator("article")).to_contain_text("for you")
    expect(page.locator("#channel-name")).to_have_text("tflock-reaper")
    expect(page.get_by_placeholder("Sending messages to this app has been turned off.")).to_be_disabled()
    page.locator("#clicker").select_option("U2GUS")
    app.click()
    expect(page.locator(".beginning")).to_contain_text("just between you and the app")
    expect(page.locator("article")).to_have_count(0)


def test_a_reply_stands_directly_below_its_parent(page: Page, client: WebClient) -> None:
    first = post(client, "first")
    second = post(client, "second")
    reply = post(client, "reply", thread_ts=first)
    expect(page.locator("article.reply")).to_have_count(1)
    order = page.locator("article").evaluate_all("articles => articles.map(one => one.dataset.ts)")
    assert order == [first, reply, second]


def test_another_channel_shows_a_dot_until_it_is_looked_at(page: Page, client: WebClient, slack: SlackStandIn) -> None:
    other = page.locator("[data-channel-id=C2OTHER]")
    post(client, "over here", channel="C2OTHER")
    expect(other).to_have_class("unread")
    expect(page.locator("article")).to_have_count(0)
    other.click()
    expect(page.locator("article")).to_contain_text("over here")
    expect(other).to_have_class("current")
    page.goto(f"{slack.url}/#C1LOCKS")
    expect(page.locator("article")).to_have_count(0)


def test_escaped_text_stays_text_and_raw_text_does_not(page: Page, client: WebClient) -> None:
    forged = "<!channel> <@U1ADA> <https://evil.example|bank>"
    escaped = forged.replace("<", "&lt;").replace(">", "&gt;")
    good = page.locator(f"article[data-ts='{post(client, blocks=section(escaped, verbatim=True))}']")
    bad = page.locator(f"article[data-ts='{post(client, blocks=section(forged, verbatim=True))}']")
    expect(good.locator(".mrkdwn")).to_have_text(forged)
    expect(good.locator(".broadcast, .mention, .link")).to_have_count(0)
    expect(bad.locator(".broadcast")).to_have_text("@channel")
    expect(bad.locator(".mention.me")).to_have_text("@Ada Okafor")
    expect(bad.locator("a.link")).to_have_attribute("href", "https://evil.example")


@pytest.mark.parametrize(
    ("raw", "html"),
    [
        ("*bold* _it_ ~gone~ a*b*c snake_case_name", "<b>bold</b> <i>it</i> <s>gone</s> a*b*c snake_case_name"),
        ("*bold _both_*", "<b>bold <i>both</i></b>"),
        ("`*no* &lt;@U1ADA&gt; https://x.example @here`", "<code>*no* &lt;@U1ADA&gt; https://x.example @here</code>"),
        ("`<@U2GUS>`", '<code><span class="mention">@Gus Guest</span></code>'),
        ("&amp;lt;!here&amp;gt;", "&amp;lt;!here&amp;gt;"),
        ("<javascript:alert(1)|x>", "&lt;javascript:alert(1)|x&gt;"),
        ("<!nonsense>", "&lt;!nonsense&gt;"),
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ("ask @here, not a@here.example", 'ask <span class="mention broadcast">@here</span>, not a@here.example'),
        (
            "<#C2OTHER> <!subteam^S1|@oncall>",
            '<span class="mention">#other</span> <span class="mention">@oncall</span>',
        ),
        ("<!date^1763700000^{date_num} {time_secs}|then>", "2025-11-21 1:40:00 PM"),
        ("<!date^1763700000^{date_long}|then>", "Friday, November 21st, 2025"),
        ("<!date^soon^{date}|then &lt;3>", "then &lt;3"),
        ("12:30:45 :nope:", "12:30:45 :nope:"),
    ],
)
def test_mrkdwn_is_read_as_slack_reads_it(page: Page, client: WebClient, raw: str, html: str) -> None:
    article = page.locator(f"article[data-ts='{post(client, blocks=section(raw))}']")
    shown = article.locator(".mrkdwn > div").evaluate(
        "line => { for (const time of line.querySelectorAll('time')) time.replaceWith(time.textContent);"
        " return line.innerHTML; }"
    )
    assert shown.replace("\u202f", " ") == html


def test_bare_urls_and_broadcasts_are_linked_unless_verbatim(page: Page, client: WebClient) -> None:
    text = "see https://evil.example/a_b_c. @channel"
    linked = page.locator(f"article[data-ts='{post(client, blocks=section(text))}']")
    verbatim = page.locator(f"article[data-ts='{post(client, blocks=section(text, verbatim=True))}']")
    expect(linked.locator("a.link")).to_have_text("https://evil.example/a_b_c")
    expect(linked.locator(".broadcast")).to_have_text("@channel")
    expect(verbatim.locator(".mrkdwn")).to_have_text(text)
    expect(verbatim.locator(".link, .broadcast")).to_have_count(0)


def test_plain_text_is_literal_but_for_emoji(page: Page, client: WebClient) -> None:
    def header(**more: Any) -> list[dict[str, Any]]:
        return [{"type": "header", "text": {"type": "plain_text", "text": "&lt;!here&gt; <!here> *x* :lock:", **more}}]

    drawn = page.locator(f"article[data-ts='{post(client, blocks=header())}'] .header")
    literal = page.locator(f"article[data-ts='{post(client, blocks=header(emoji=False))}'] .header")
    expect(drawn).to_have_text("&lt;!here&gt; <!here> *x* ")
    expect(drawn.get_by_role("img", name="lock")).to_be_visible()
    expect(literal).to_have_text("&lt;!here&gt; <!here> *x* :lock:")


def test_quotes_and_code_blocks_stand_apart(page: Page, client: WebClient) -> None:
    post(client, blocks=section("a\n> b\n&gt; c\n```*d*\n  e``` f"))
    expect(page.locator("blockquote > div")).to_have_text(["b", "c"])
    expect(page.locator("article pre")).to_have_text("*d*\n  e", use_inner_text=True)
    expect(page.locator(".mrkdwn > *")).to_have_count(4)


def test_a_click_under_way_is_not_disturbed_by_other_messages(page: Page, client: WebClient, app: ClickedApp) -> None:
    app.may_answer.clear()
    post(client, blocks=ALERT)
    page.locator("select[data-action-id=snooze]").select_option("4")
    expect(page.locator(".control.busy")).to_have_count(1)
    post(client, "another")
    expect(page.locator("article")).to_have_count(2)
    expect(page.locator(".control.busy select")).to_have_value("4")
    app.may_answer.set()
    expect(page.locator(".control.busy")).to_have_count(0)
