"""The ways out of this installation."""

from collections.abc import Mapping

from portal.context import PortalContext
from portal.domain.benachrichtigung import Kanal
from portal.services.push import PushSender
from portal.services.versand import DemoSender, MessengerSender, Sender, SmsSender, SmtpSender


def sender(context: PortalContext) -> Mapping[Kanal, Sender]:
    """The senders of this installation; a channel that is not set up is absent."""
    settings = context.settings
    found: dict[Kanal, Sender] = {
        Kanal.MESSENGER: MessengerSender(settings.handoff_url, settings.portal_token)
    }
    if settings.smtp_url:
        found[Kanal.MAIL] = SmtpSender(settings.smtp_url, settings.mail_from)
    elif settings.demo:
        found[Kanal.MAIL] = DemoSender(context, Kanal.MAIL)
    if settings.sms_url:
        found[Kanal.SMS] = SmsSender(settings.sms_url, settings.sms_token)
    elif settings.demo:
        found[Kanal.SMS] = DemoSender(context, Kanal.SMS)
    if settings.push_key:
        found[Kanal.PUSH] = PushSender(context)
    return found
