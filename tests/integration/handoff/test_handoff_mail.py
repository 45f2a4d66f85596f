"""E-mail: threads, quotes, attachments, what no person wrote, and servers that are away."""

from contextlib import suppress
from email.message import EmailMessage
from email.mime.text import MIMEText

import pytest
from handoff_world import sqlite, staff, world
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mail_server import mail_server

from handoff.channels import mail_text
from handoff.channels.mail import Mail, Mailbox
from handoff.domain.message import Answer, Body
from handoff.services import channel_files, claims, desk, linking

ANNA = "anna@post.example"
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


@pytest.fixture
async def town(tmp_path):
    async with mail_server() as server:
        box = Mailbox(
            "amt@stadt.example", "127.0.0.1", "127.0.0.1", "amt", "geheim", "faden-geheim",
            server.imap_port, server.smtp_port, tls=False, pause_s=3600, timeout_s=2,
        )  # fmt: skip
        channel = Mail(box)
        async with world(sqlite(tmp_path), channels=[channel]) as one:
            one.server, one.channel = server, channel
            yield one


def letter(text="hallo", number=1, **headers):
    mail = EmailMessage()
    mail["From"], mail["To"] = f"Anna Beispiel <{ANNA}>", "amt@stadt.example"
    mail["Subject"], mail["Message-ID"] = "Frage zum Umzug", f"<m{number}@post.example>"
    for name, value in headers.items():
        del mail[name.replace("_", "-")]
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


async def comes(town, *mails):
    for mail in mails:
        town.server.imap.put(mail if isinstance(mail, bytes) else mail.as_bytes())
    await town.channel.fetch(town.context)
    await town.idle()


def answers(town):
    return [
        mail.get_content().replace("\r\n", "\n").split("\n-- \n")[0].strip()
        for mail in town.server.smtp.mails
    ]


def reply(town, text, number, **headers):
    last = town.server.smtp.mails[-1]
    return letter(text, number, In_Reply_To=last["Message-ID"], References=f"<m1@post.example> {last['Message-ID']}", Subject="Re: Frage", **headers)  # fmt: skip


async def test_a_thread_is_one_conversation(town):
    await comes(town, letter())
    (first,) = town.server.smtp.mails
    assert answers(town) == ["Echo: hallo"]
    assert (first["To"], first["Subject"], first["In-Reply-To"]) == (
        ANNA,
        "Re: Frage zum Umzug",
        "<m1@post.example>",
    )
    assert first["Auto-Submitted"] == "auto-replied"
    assert "Computerprogramm" in first.get_content()
    assert "nichts Persönliches" in first.get_content()
    quoted = "mensch\n\nAm 23.11.2026 um 10:00 schrieb amt@stadt.example:\n> Echo: hallo\n> alles alt\n"
    await comes(town, reply(town, quoted, 2))
    assert town.bot.turns[-1].text == "mensch"
    assert town.bot.turns[-1].conversation_id == town.bot.turns[0].conversation_id
    conversation_id = await claims.claim(town.context, await town.chat(), staff())
    await desk.send(town.context, conversation_id, staff(), "k1", "Guten Tag aus dem Amt")
    await town.idle()
    assert answers(town)[-1] == "Guten Tag aus dem Amt"
    assert town.server.smtp.mails[-1]["References"].split()[-1] == "<m2@post.example>"


async def test_a_mail_without_one_of_our_ids_begins_anew(town):
    await comes(town, letter())
    await comes(town, letter("anderes", 2))
    last = town.server.smtp.mails[-1]["Message-ID"]
    forged = last.replace(last.split(".")[1], "a" * 16)
    await comes(town, letter("gefälscht", 3, In_Reply_To=forged))
    await comes(town, letter("von fremd", 4, From="otto@post.example", In_Reply_To=last))
    assert len({turn.conversation_id for turn in town.bot.turns}) == 4


async def test_repeated_mails_and_those_already_read_change_nothing(town):
    await comes(town, letter(), letter())
    await town.channel.fetch(town.context)
    await town.idle()
    assert len(town.bot.turns) == 1
    assert len(town.server.smtp.mails) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated (vacation)"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"List_Id": "<liste.example>"},
        {"X_Auto_Response_Suppress": "All"},
        {"Return_Path": "<>"},
        {"From": "MAILER-DAEMON@post.example"},
        {"From": "noreply@post.example"},
        {"From": "amt@stadt.example"},
        {"From": "niemand"},
    ],
)
async def test_what_no_person_wrote_is_not_answered(town, headers):
    await comes(town, letter(**headers))
    assert not town.bot.turns
    assert not town.server.smtp.mails
    assert len(town.server.imap.seen) == 1


async def test_a_bounce_is_not_answered(town):
    bounce = b"From: Post <post@post.example>\r\nMessage-ID: <b@x>\r\nContent-Type: multipart/report; boundary=x\r\n\r\n--x\r\n\r\nfehler\r\n--x--\r\n"
    await comes(town, bounce)
    assert not town.bot.turns


async def test_attachments_become_documents(town):
    mail = letter("mein Bescheid liegt bei")
    mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="../../Bescheid.pdf")
    mail.add_attachment(b"MZ\x90\x00", maintype="application", subtype="pdf", filename="virus.pdf")
    mail.add_attachment("Zeile 1", filename="liste.txt")
    mail.add_attachment(letter("weitergeleitet"), filename="brief.eml")
    mail.attach(MIMEText("und danke im Voraus"))
    await comes(town, mail)
    said = "\n".join(answers(town))
    assert "„Bescheid.pdf“ ist gespeichert" in said
    assert "„virus.pdf“: Diese Datei ist weder PDF noch JPEG noch PNG und wurde nicht gespeichert." in said
    assert "„liste.txt“: Diese Datei ist weder PDF noch JPEG noch PNG" in said
    assert "„brief.eml“: Diese Datei ist weder PDF noch JPEG noch PNG" in said
    assert "„Anhang“" not in said
    assert town.bot.turns[-1].text == "mein Bescheid liegt bei\n\nund danke im Voraus"
    code = (await linking.new_code(town.context, "anna"))["code"]
    await comes(town, reply(town, f"Verbinden {code}", 2))
    assert "Verbunden" in answers(town)[-1]
    (kept,) = await channel_files.of_account(town.context, "anna")
    assert kept["name"] == "Bescheid.pdf"


async def test_html_alone_is_read_without_quotes_and_scripts(town):
    mail = letter()
    mail.set_content(
        "<p>Guten Tag,</p><p>was kostet das?</p><script>x()</script><blockquote>alt</blockquote>",
        subtype="html",
    )
    await comes(town, mail)
    said = town.bot.turns[-1].text
    assert "was kostet das?" in said
    assert "x()" not in said
    assert "alt" not in said


async def test_buttons_become_numbers(town):
    buttons = [{"title": "Ja", "payload": "/ja"}, {"title": "Nein", "payload": "/nein"}]
    town.bot.react = lambda turn: Answer([Body("Möchten Sie?", buttons)], None)
    await comes(town, letter())
    assert "1 – Ja\n2 – Nein" in answers(town)[-1]
    await comes(town, reply(town, "2\n\nMit freundlichen Grüßen\nAnna", 2))
    assert town.bot.turns[-1].text is not None  # more than a number is a message
    await comes(town, reply(town, "2\n\n> alt", 3))
    assert town.bot.turns[-1].payload == "/nein"


async def test_the_way_out_is_busy_away_and_refuses(town):
    town.server.smtp.failures = ["451 try again later", None, "421 busy"]
    await comes(town, letter())
    assert answers(town) == ["Echo: hallo"]
    assert town.server.smtp.tries == 4
    town.server.smtp.failures = ["550 no such mailbox"]
    await comes(town, reply(town, "eins", 2), reply(town, "zwei", 3))
    assert answers(town)[-1] == "Echo: zwei"
    assert "Echo: eins" not in answers(town)


async def test_the_mailbox_is_away_and_then_there(town):
    town.server.imap.failures = 2
    town.server.imap.put(letter().as_bytes())
    for _ in range(3):
        with suppress(Exception):  # whatever the library says; the poll goes on
            await town.channel.fetch(town.context)
    await town.idle()
    assert town.server.imap.failures == 0
    assert len(town.bot.turns) == 1


async def test_a_mail_that_cannot_be_taken_now_stays_unread(town):
    town.portal.down = True
    await comes(town, letter("IBAN DE89 3704 0044 0532 0130 00"), letter("hallo", 2))
    assert [turn.text for turn in town.bot.turns] == ["hallo"]
    town.portal.down = False
    await comes(town)
    assert len(town.bot.turns) == 2
    assert "0532" not in town.bot.turns[-1].text


def test_any_bytes_are_a_mail_or_none():
    @settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.binary(max_size=300), st.sampled_from([b"", b"From: a@b.de\r\n", b"From: a@b.de\r\nContent-Type: text/html; charset=x\r\n\r\n", b"From: a@b.de\nContent-Type: multipart/mixed; boundary=x\n\n--x\n"]))  # fmt: skip
    def attempt(raw, head):
        found = mail_text.read(head + raw)
        assert found is None or "@" in found.sender

    attempt()
